using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>A host with units and modules that are files in a tree. Its programs are never really started.</summary>
internal sealed class SystemdHost(FakeTree tree) : WrappedHost(tree.Host)
{
    public List<string> Commands { get; } = [];

    /// <summary>What the next change answers; null to carry it out.</summary>
    public string? Refusal { get; init; }

    public static string Unit(string name) => $"/test/units/{name}";

    public override CommandOutcome RunOnHost(string program, IReadOnlyList<string> arguments, TimeSpan limit)
    {
        Commands.Add($"{program} {string.Join(' ', arguments)}");
        return (program, arguments) switch
        {
            ("systemctl", ["show", _, "--", ..]) => new(0, string.Join('\n', arguments.Skip(3).Select(Shown)), ""),
            _ when Refusal is not null => new(1, "", Refusal),
            ("systemctl", ["stop", "--", var unit]) => Done(() => tree.File(Unit(unit), "inactive")),
            ("systemctl", ["start", "--", var unit]) => Done(() => tree.File(Unit(unit), "active")),
            ("modprobe", ["--", var module]) => Done(() => tree.File(Module(module, "initstate"), "live").File(Module(module, "refcnt"), "0")),
            ("rmmod", ["--", var module]) => Done(() => Directory.Delete(tree.Root + Path.GetDirectoryName(Module(module, "x")), recursive: true)),
            _ => throw new InvalidOperationException(Commands[^1]),
        };
    }

    /// <summary>A unit's file has its state, and further properties on lines of their own: an <c>Id</c> is that of the unit that it is an alias of.</summary>
    private string Shown(string unit) => Read(Unit(unit)).Text is { } state
        ? $"LoadState=loaded\nTriggeredBy={(unit == "fwupd.service" ? "fwupd-refresh.timer" : "")}\nActiveState={state}\nId={unit}\n"
        : $"Id={unit}\nLoadState=not-found\nActiveState=inactive\n";

    public static string Module(string name, string file) => $"/sys/module/{name.Replace('-', '_')}/{file}";

    private static CommandOutcome Done(Action change)
    {
        change();
        return new(0, "", "");
    }
}

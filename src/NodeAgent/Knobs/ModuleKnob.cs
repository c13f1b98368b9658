using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>
/// A module of the kernel that is loaded while it is wished. It is taken out only when it was not there before, and nobody uses it.
/// </summary>
internal sealed partial class ModuleKnob(string name) : Knob($"{Prefix}[{name}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, key => CanBe(key) ? new ModuleKnob(key) : null, new(
        "Drivers that other knobs and workloads need: vfio-pci, msr, a network driver.", "/sys/module/NAME", "modprobe(8)",
        "The agent must run modprobe on the host: on the host itself, or in a pod with the host's whole tree and SYS_MODULE. Parameters "
            + "go into the host's modprobe.d, or kernel.arguments"));

    private const string Prefix = "kernel.modules";
    private const string Loaded = "loaded";
    private const string Absent = "absent";

    private readonly string _directory = $"/sys/module/{Underscored(name)}";

    public override string Evidence => _directory;

    /// <summary>What is built in has a directory only when it has parameters; modprobe's list has all that are.</summary>
    public override KnobReading Read(HostView host) => host.Files.Read($"{_directory}/initstate") switch
    {
        { Text: "live" } => KnobReading.Of(Loaded),
        { Text: { } state } => KnobReading.Failed($"{_directory}/initstate is {state}: it is being loaded or taken out; see the "
            + "kernel's log (dmesg) if that does not end"),
        { Problem: { } problem } => KnobReading.Failed($"{_directory}/initstate: {problem}"),
        _ => host.Files.List(_directory).Count > 0 || IsBuiltIn(host.Files)
            ? KnobReading.Of(Loaded) with { Remark = "it is built into this kernel" }
            : KnobReading.Of(Absent),
    };

    public override string? Write(HostView host, string value)
    {
        if (value == Loaded)
        {
            return Run(host, "modprobe", ["--", name]);
        }

        // rmmod would refuse as well, and says less. modprobe --remove would also take out what it depends on, which may have been there
        // before.
        return host.Files.Read($"{_directory}/refcnt").Text?.Trim() is { } count and not "0"
            ? $"{count} others use {name} ({_directory}/refcnt, {_directory}/holders); end them, or leave it: it goes with the next boot"
            : Run(host, "rmmod", ["--", name]);
    }

    public override string Shortfall(string wished, string found) =>
        $"asked for {name} to be {wished}, and it is {found}; see the kernel's log (dmesg)";

    private static string? Run(HostView host, string program, IReadOnlyList<string> arguments)
    {
        var outcome = host.Files.RunOnHost(program, arguments);
        return outcome.Succeeded ? null : $"{program} {string.Join(' ', arguments)}: {outcome.Error}";
    }

    private bool IsBuiltIn(IHost host)
    {
        var list = $"/lib/modules/{host.Read("/proc/sys/kernel/osrelease").Text}/modules.builtin";
        return host.Read(list).Text?.Split('\n').Any(path => Underscored(path.Split('/')[^1].Split('.')[0]) == Underscored(name)) == true;
    }

    private static string Underscored(string text) => text.Replace('-', '_');

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        (spec.Kernel?.Modules ?? []).Select(module => CanBe(module)
        ? Wish.For(new ModuleKnob(module), Loaded)
        : Wish.Refused($"{Prefix}[{module}]", Loaded, "no module can have that name; write one as lsmod shows it"));

    private static bool CanBe(string module) => Module().IsMatch(module) && !module.EndsWith('\n');

    [GeneratedRegex(Names.KernelModule)]
    private static partial Regex Module();
}

using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>A module of the kernel that is loaded while it is wished. It is taken out only when it was not there before, and nobody uses it.</summary>
internal sealed partial class ModuleKnob(string name) : Knob($"{Prefix}[{name}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, key => CanBe(key) ? new ModuleKnob(key) : null, new(
        "Drivers that other knobs and workloads need: vfio-pci, msr, a network driver.", "/sys/module/NAME", "modprobe(8)",
        "The agent must run modprobe on the host: on the host itself, or in a pod with the host's whole tree and SYS_MODULE. Parameters go into the host's modprobe.d, or kernel.arguments"));

    private const string Prefix = "kernel.modules";
    private const string Loaded = "loaded";
    private const string Absent = "absent";

    private readonly string _directory = $"/sys/module/{name.Replace('-', '_')}";

    public override string Evidence => _directory;

    /// <summary>What is built in has a directory only when it has parameters; then it is there, and nothing can be done.</summary>
    public override KnobReading Read(HostView host) => host.Files.Read($"{_directory}/initstate") switch
    {
        { Text: "live" } => KnobReading.Of(Loaded),
        { Text: { } state } => KnobReading.Failed($"{_directory}/initstate is {state}: it is being loaded or taken out; see the kernel's log (dmesg) if that does not end"),
        { Problem: { } problem } => KnobReading.Failed($"{_directory}/initstate: {problem}"),
        _ => KnobReading.Of(host.Files.List(_directory).Count > 0 ? Loaded : Absent) with
        {
            Remark = host.Files.List(_directory).Count > 0 ? "it is built into this kernel" : null,
        },
    };

    public override string? Write(HostView host, string value)
    {
        if (value == Loaded)
        {
            return Run(host, ["--", name]);
        }

        // modprobe would refuse as well; but it also takes out what it depends on, and says less.
        return host.Files.Read($"{_directory}/refcnt").Text?.Trim() is { } count and not "0"
            ? $"{count} others use {name} ({_directory}/refcnt, {_directory}/holders); end them, or leave it: it goes with the next boot"
            : Run(host, ["--remove", "--", name]);
    }

    public override string Shortfall(string wished, string found) => $"asked for {name} to be {wished}, and it is {found}; see the kernel's log (dmesg)";

    private static string? Run(HostView host, IReadOnlyList<string> arguments)
    {
        var outcome = host.Files.RunOnHost("modprobe", arguments);
        return outcome.Succeeded ? null : string.Create(CultureInfo.InvariantCulture, $"modprobe {string.Join(' ', arguments)}: {outcome.Error}");
    }

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) => (spec.Kernel?.Modules ?? []).Select(module => CanBe(module)
        ? Wish.For(new ModuleKnob(module), Loaded)
        : Wish.Refused($"{Prefix}[{module}]", Loaded, "no module can have that name; write one as lsmod shows it"));

    private static bool CanBe(string module) => Module().IsMatch(module) && !module.EndsWith('\n');

    [GeneratedRegex(Names.KernelModule)]
    private static partial Regex Module();
}

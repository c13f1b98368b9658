using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>Whether two threads share a core.</summary>
internal static class ThreadKnobs
{
    private const string Control = "/sys/devices/system/cpu/smt/control";
    private const string CpuManagerState = "/var/lib/kubelet/cpu_manager_state";
    private const string Off = "off";

    private static readonly FileKnob Knob = new("cpu.smt", (Control, new(Word, value => value)));

    public static readonly KnobKind Smt = new(
        Knob.Path,
        Wishes,
        FileKinds.Only(Knob),
        new(
            "No sibling that takes half of the core away for a moment.", Control, "ABI/testing/sysfs-devices-system-cpu, admin-guide/hw-vuln/l1tf.rst",
            "Refused with kubelet's static CPU manager, whose CPUs must not vanish: there boot with nosmt"));

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        if (spec.Cpu?.Smt is not { } smt)
        {
            yield break;
        }

        var wished = smt == SmtControl.Off ? Off : "on";
        var changes = Knob.Read(host).Value is { } found && !Knob.Same(found, wished);
        yield return changes && Refusal(host.Files) is { } refusal ? Wish.Refused(Knob.Path, wished, refusal) : Wish.For(Knob, wished);
    }

    /// <summary>A static CPU manager cannot do with CPUs that come and go. In the agent's pod kubelet's files are not to be seen, and it must be taken for one.</summary>
    private static string? Refusal(IHost host) => host.Read(CpuManagerState).Text switch
    {
        { } state when state.Contains("\"static\"", StringComparison.Ordinal) =>
            $"kubelet's CPU manager is static on this node ({CpuManagerState}), and cannot do with CPUs that come and go; boot with nosmt instead",
        null when Processes.Named(host, "kubelet").Any() =>
            $"kubelet runs on this node, and {CpuManagerState} cannot be seen from here: its CPU manager may be static, and could not do with CPUs that come and go; boot with nosmt instead",
        _ => null,
    };

    /// <summary>Where there is nothing to share, it is off.</summary>
    private static string Word(string control) => control is "forceoff" or "notsupported" or "notimplemented" ? Off : control;
}

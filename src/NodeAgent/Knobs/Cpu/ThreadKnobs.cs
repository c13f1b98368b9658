using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Kubelet;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>Whether two threads share a core.</summary>
internal static class ThreadKnobs
{
    private const string Control = "/sys/devices/system/cpu/smt/control";
    private const string Off = "off";
    private const string Instead = "boot with nosmt instead, for which kubelet's state must be removed at boot (docs/how-to/tune-a-node.md)";

    private static readonly FileKnob Knob = new("cpu.smt", (Control, new(Word, value => value)));

    public static readonly KnobKind Smt = new(
        Knob.Path,
        Wishes,
        FileKinds.Only(Knob),
        new(
            "No sibling that takes half of the core away for a moment.", Control, "ABI/testing/sysfs-devices-system-cpu, admin-guide/hw-vuln/l1tf.rst",
            "Refused with kubelet's static CPU manager, whose CPUs must not vanish: there boot with nosmt, and have its state removed at boot"));

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

    /// <summary>A static CPU manager cannot do with CPUs that come and go. One whose policy cannot be seen must be taken for one.</summary>
    private static string? Refusal(IHost host)
    {
        var kubelet = new KubeletReader(host).Read();
        return (kubelet.RunningCpuManagerPolicy ?? kubelet.Settings?.CpuManagerPolicy) switch
        {
            "static" => $"kubelet's CPU manager is static on this node, and cannot do with CPUs that come and go; {Instead}",
            null when Processes.Named(host, Processes.Kubelet).Any() =>
                $"kubelet's CPU manager may be static on this node, and could not do with CPUs that come and go: {kubelet.Problem}; or {Instead}",
            _ => null,
        };
    }

    /// <summary>Where there is nothing to share, it is off.</summary>
    private static string Word(string control) => control is "forceoff" or "notsupported" or "notimplemented" ? Off : control;
}

using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Kubelet;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// Whether two threads share a core. A static CPU manager cannot do with CPUs that come and go, be it for a wish or to put them back: it
/// holds those that are online against its state at every start. One whose policy cannot be seen must be taken for one.
/// </summary>
internal sealed class ThreadKnob() : Knob(Name)
{
    public const string Name = "cpu.smt";
    public const string Off = "off";

    private const string Control = "/sys/devices/system/cpu/smt/control";

    public static readonly KnobKind Kind = FileKinds.One(
        new ThreadKnob(),
        spec => spec.Cpu?.Smt is { } smt ? smt == SmtControl.Off ? Off : "on" : null,
        new(
            "No sibling that takes half of the core away for a moment.", Control, "ABI/testing/sysfs-devices-system-cpu, admin-guide/hw-vuln/l1tf.rst",
            "Refused with kubelet's static CPU manager, whose CPUs must neither vanish nor come back: there boot with nosmt, and have its state removed at boot"));

    private static readonly FileKnob File = new(Name, (Control, new(Word, value => value)));

    public override string Evidence => Control;

    public override KnobReading Read(HostView host) => File.Read(host) with { Veto = Counted(host) };

    public override string? Write(HostView host, string value) => File.Write(host, value);

    public override string? Veto(KnobReading found, string target, JournalEntry? entry) => found.Veto is not { } veto ? null : target == Off
        ? $"{veto}; boot with nosmt instead, for which kubelet's state must be removed at boot (docs/how-to/tune-a-node.md)"
        : $"{veto}; a reboot has them on again, for which kubelet's state must be removed at boot (docs/how-to/tune-a-node.md)";

    /// <summary>Why kubelet's CPU manager counts on the CPUs that are there; null when it does not.</summary>
    private static string? Counted(HostView host)
    {
        var kubelet = KubeletReader.Of(host);
        return kubelet.CpuManagerPolicy switch
        {
            "static" => "kubelet's CPU manager is static on this node, and cannot do with CPUs that come and go",
            null when kubelet.IsThere =>
                $"kubelet's CPU manager may be static on this node, and could not do with CPUs that come and go: {kubelet.Problem}",
            _ => null,
        };
    }

    /// <summary>Where there is nothing to share, it is off.</summary>
    private static string Word(string control) => control is "forceoff" or "notsupported" or "notimplemented" ? Off : control;
}

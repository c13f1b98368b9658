using System.Globalization;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// The longest time that any CPU may take to wake up. The kernel keeps a wish only while the device stays open, so that it ends with the
/// process; it obeys the strictest of all.
/// </summary>
internal sealed class WakeUpKnob() : Knob(Prefix)
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FileKinds.Only(new WakeUpKnob()), new(
        "No CPU of the node enters an idle state from which waking up takes longer.", Device,
        "admin-guide/pm/cpuidle.rst, power/pm_qos_interface.rst",
        "Held by the agent while it runs (latlab-agent run), and gone when it ends; apply cannot hold it. An agent that is started anew "
            + "holds it again and counts a drift: a run meanwhile is invalid. Of all CPUs: cpu.maxResumeLatency is about the isolated ones alone"));

    private const string Prefix = "cpu.maxDmaLatency";
    private const string Device = "/dev/cpu_dma_latency";
    private const string Unit = "us";
    private const string Foreign = ", not held by this agent";

    /// <summary>What an agent goes back to, whatever others ask for meanwhile.</summary>
    private const string Released = "released";

    public override string Evidence => Device;

    public override KnobReading Read(HostView host) => host.Files.ReadNumber(Device) switch
    {
        { Text: { } text } => KnobReading.Of(host.Files.Held(Device) switch
        {
            null => text + Unit + Foreign,
            { } held when Microseconds(text) < held =>
                string.Create(CultureInfo.InvariantCulture, $"{held}{Unit}, and {text}{Unit} by another"),
            _ => text + Unit,
        }) with
        {
            Remark = host.Files.Held(Device) is { } bound ? IdleStates.Entered(host, Path, IdleStates.Cpus(host.Files).ToDictionary(cpu => cpu, _ => (long)bound)) : null,
        },
        { Problem: { } problem } => KnobReading.Failed($"{Device}: {problem}{(problem == HostRoot.NotPermitted ? Remedy : "")}"),
        _ => KnobReading.Gone($"there is no {Device} to be seen; run a kernel that has it{Remedy}"),
    };

    /// <summary>
    /// A wish that ended with an agent is drift: for a moment the kernel obeyed none, and a run meanwhile was not measured under it. Taking
    /// it up again fights nobody, whatever the policy.
    /// </summary>
    public override IEnumerable<Step> Plan(Situation situation) => base.Plan(situation with { Drift = DriftPolicy.Repair });

    public override string Journal(KnobReading before) => Released;

    /// <summary>What is stricter already, by whomever, is as good.</summary>
    public override string Target(string wish, JournalEntry? entry, KnobReading found) =>
        found.Value is { } text && text.EndsWith(Foreign, StringComparison.Ordinal)
        && Microseconds(text) is { } now && now <= Microseconds(wish)
            ? string.Create(CultureInfo.InvariantCulture, $"{now}{Unit}")
            : wish;

    public override bool Same(string left, string right) => (left, right) switch
    {
        (Released, Released) => true,
        (Released, _) => right.EndsWith(Foreign, StringComparison.Ordinal),
        (_, Released) => left.EndsWith(Foreign, StringComparison.Ordinal),
        _ => Microseconds(left) == Microseconds(right),
    };

    public override string? Write(HostView host, string value)
    {
        if (value == Released)
        {
            return host.Files.Hold(Device, null);
        }

        return !host.Files.OutlivesCall
            ? $"{Device} keeps a wish only while it is held open, and this call ends at once; run latlab-agent run, as the chart's "
                + "DaemonSet does, or use cpu.maxResumeLatency, which stays"
            : host.Files.Hold(Device, (int)Microseconds(value)!.Value) is { } problem
                ? $"{Device}: {problem}{(problem == HostRoot.NotPermitted ? Remedy : "")}"
                : null;
    }

    private const string Remedy = "; the agent must see the device, and may open it on the host itself or in a privileged pod alone; "
        + "run it so, or use cpu.maxResumeLatency";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        !LengthOfTime.TryParse(spec.Cpu?.MaxDmaLatency, out var length) ? []
        : length.TotalMicroseconds <= int.MaxValue
            ? [Wish.For(new WakeUpKnob(), string.Create(CultureInfo.InvariantCulture, $"{(long)length.TotalMicroseconds}{Unit}"))]
            : [Wish.Refused(Prefix, spec.Cpu!.MaxDmaLatency!, "the kernel counts at most 2147 s; write 0us to 1s")];

    private static long? Microseconds(string value) =>
        long.TryParse(value.Split(Unit)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

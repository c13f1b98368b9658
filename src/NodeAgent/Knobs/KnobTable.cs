using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Boot;
using Latlab.NodeAgent.Knobs.Cache;
using Latlab.NodeAgent.Knobs.Cpu;
using Latlab.NodeAgent.Knobs.Devices;
using Latlab.NodeAgent.Knobs.Memory;
using Latlab.NodeAgent.Knobs.Network;
using Latlab.NodeAgent.Knobs.Services;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>A kind of knob: where it stands in the spec, and how its knobs are made from a spec and from the journal.</summary>
/// <param name="Prefix">Path in the spec; a knob's path is <c>PREFIX[KEY]</c>, or <c>PREFIX</c> where there is but one.</param>
/// <param name="Wishes">Knobs and values that a spec asks for, on a host.</param>
/// <param name="FromKey">Makes the knob for a key that the journal has, empty where there is but one; null when no such key can be.</param>
/// <param name="Text">For the reference.</param>
internal sealed record KnobKind(
    string Prefix, Func<NodeTuningSpec, HostView, IEnumerable<Wish>> Wishes, Func<string, Knob?> FromKey, KnobText Text);

/// <summary>What people should know of a knob.</summary>
/// <param name="Effect">What it does to latency.</param>
/// <param name="Evidence">Where it is read back.</param>
/// <param name="Source">Where it is documented.</param>
/// <param name="Mind">What to mind; empty for nothing.</param>
internal sealed record KnobText(string Effect, string Evidence, string Source, string Mind = "");

/// <summary>
/// All knobs, in the order in which they are set: what others depend on first. They are restored in the opposite order, but for what
/// begins anew with another.
/// </summary>
internal static class KnobTable
{
    public static IReadOnlyList<KnobKind> Kinds { get; } =
    [
        // What they would change is set after they have stopped, and set back before they start.
        ServiceKnob.Kind,
        ModuleKnob.Kind,
        VirtualWireKnob.Kind,
        // Drivers bring and take interrupts: before what is set for each of those.
        DriverKnob.Kind,
        FunctionCountKnob.Kind,
        FunctionDriverKnob.Kind,
        FunctionFlagKnob.Trust,
        FunctionFlagKnob.SpoofCheck,
        SysctlKnob.Kind,
        HugePagesKnob.Kind,
        MemoryFileKnobs.TransparentHugePages,
        MemoryFileKnobs.TransparentHugePageDefrag,
        MemoryFileKnobs.SamePageMerging,
        // CPUs come and go by it: before what is set for each.
        ThreadKnob.Kind,
        // Interrupts come and go by it: before they are moved.
        QueueKnob.Kind,
        SteeringKnobs.ReceiveCpus,
        // Governors, percentages and boost begin anew with it, at restoring, too.
        FrequencyKnobs.Driver,
        FrequencyKnobs.MaxPerformance,
        FrequencyKnobs.MinPerformance,
        FrequencyKnobs.Governor,
        FrequencyKnobs.EnergyPerformanceBias,
        FrequencyKnobs.Boost,
        IdleKnobs.MaxResumeLatency,
        WakeUpKnob.Kind,
        InterruptKnobs.Affinity,
        BalancerKnob.Kind,
        KernelWorkKnobs.WorkqueueAffinity,
        KernelThreadKnobs.Affinity,
        IsolationKnobs.Isolation,
        CacheKnobs.L3Ways,
        KernelWorkKnobs.IgnoreCorrectedErrors,
        BootBlockKnob.Kind,
        BootArgumentKnob.Kind,
        InterfaceKnob.Kind,
    ];

    /// <summary>Position of a knob in the order of setting.</summary>
    public static int Order(string path)
    {
        var prefix = PrefixOf(path);
        return Kinds.TakeWhile(kind => kind.Prefix != prefix).Count();
    }

    /// <summary>Prefix of a knob's kind.</summary>
    public static string PrefixOf(string path) => path.Split('[')[0];

    /// <summary>Position of a knob in the order of restoring.</summary>
    public static int RestoringOrder(string path) =>
        path == FrequencyKnobs.Driver.Prefix ? -Order(FrequencyKnobs.Boost.Prefix) - 1 : -Order(path);

    /// <summary>The knob of that path, or null when this agent knows none such: the journal of a newer agent.</summary>
    public static Knob? Find(string path)
    {
        var bracket = path.IndexOf('[', StringComparison.Ordinal);
        return bracket > 0 && path.EndsWith(']')
            ? Kinds.FirstOrDefault(kind => kind.Prefix == path[..bracket])?.FromKey(path[(bracket + 1)..^1])
            : Kinds.FirstOrDefault(kind => kind.Prefix == path)?.FromKey("");
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>CPU knobs that are set at run time. A field that is absent leaves its knob alone. See docs/reference/knobs.md.</summary>
public sealed record CpuTuning
{
    /// <summary>
    /// CPUs that nothing but the workload shall run on, e.g. <c>2-5</c>: <c>governor</c>, <c>energyPerformanceBias</c> and
    /// <c>maxResumeLatency</c> are set on them alone, on all CPUs without this field. Not CPU 0, and not all. By itself it isolates
    /// nothing.
    /// </summary>
    [RegularExpression(Names.CpuList)]
    [Size(1, 1024)]
    public string? Isolated { get; init; }

    /// <summary>How the scheduler is kept off <c>isolated</c>.</summary>
    [DefaultValue(CpuIsolation.BootArguments)]
    public CpuIsolation Isolation { get; set; } = CpuIsolation.BootArguments;

    /// <summary>
    /// Frequency governor, e.g. <c>performance</c>; one that the node's frequency driver has (<c>admin-guide/pm/cpufreq.rst</c>).
    /// </summary>
    [RegularExpression("^[a-z][a-z_]{0,30}$")]
    public string? Governor { get; init; }

    /// <summary>Hint to the processor, from 0 (performance) to 15 (power saving) (<c>admin-guide/pm/intel_epb.rst</c>).</summary>
    [Range(0, 15)]
    public int? EnergyPerformanceBias { get; init; }

    /// <summary>
    /// How the processor's own frequency driver works (<c>admin-guide/pm/intel_pstate.rst</c>, <c>amd-pstate.rst</c>). Switching it resets
    /// governors.
    /// </summary>
    public PerformanceDriver? PerformanceDriver { get; init; }

    /// <summary>Lowest performance in percent of the highest (<c>intel_pstate</c>, <c>min_perf_pct</c>).</summary>
    [Range(0, 100)]
    public int? MinPerformancePercent { get; init; }

    /// <summary>Highest performance in percent of what there is (<c>intel_pstate</c>, <c>max_perf_pct</c>).</summary>
    [Range(1, 100)]
    public int? MaxPerformancePercent { get; init; }

    /// <summary>Whether CPUs may go beyond their base frequency: faster, and less even.</summary>
    public bool? Boost { get; init; }

    /// <summary>
    /// Longest time that a CPU may take to wake up from idling (PM QoS, <c>admin-guide/pm/cpuidle.rst</c>): deeper idle states are not
    /// entered; <c>0us</c> allows none at all.
    /// </summary>
    [RegularExpression(Names.Duration)]
    [Size(1, 64)]
    public string? MaxResumeLatency { get; init; }

    /// <summary>
    /// The same for every CPU of the node (<c>/dev/cpu_dma_latency</c>): the agent holds it while it runs, and it is gone when the agent
    /// ends. <c>maxResumeLatency</c> is finer, and stays.
    /// </summary>
    [RegularExpression(Names.Duration)]
    [Size(1, 64)]
    public string? MaxDmaLatency { get; init; }

    /// <summary>
    /// Whether two threads share a core. Refused where kubelet's static CPU manager rules, which cannot do with CPUs that come and go:
    /// there boot with <c>nosmt</c>, and have kubelet's state removed at boot.
    /// </summary>
    public SmtControl? Smt { get; init; }

    /// <summary>CPUs that serve interrupts, e.g. <c>0-1</c>: of every IRQ that can be moved, and of those that will be made.</summary>
    [RegularExpression(Names.CpuList)]
    [Size(1, 1024)]
    public string? IrqAffinity { get; init; }

    /// <summary>
    /// CPUs to which a running irqbalance moves nothing (<c>IRQBALANCE_BANNED_CPULIST</c>), e.g. <c>2-5</c>: instead of <c>irqAffinity</c>,
    /// which it would undo. irqbalance is started anew for it.
    /// </summary>
    [RegularExpression(Names.CpuList)]
    [Size(1, 1024)]
    public string? IrqbalanceBannedCpus { get; init; }

    /// <summary>CPUs that the kernel's unbound work runs on (<c>core-api/workqueue.rst</c>), e.g. <c>0-1</c>.</summary>
    [RegularExpression(Names.CpuList)]
    [Size(1, 1024)]
    public string? WorkqueueAffinity { get; init; }

    /// <summary>
    /// CPUs that threads of the kernel run on which are not bound to one (<c>admin-guide/kernel-per-CPU-kthreads.rst</c>), e.g. <c>0-1</c>:
    /// RCU's, writeback, compaction. The agent needs the host's process IDs and SYS_NICE.
    /// </summary>
    [RegularExpression(Names.CpuList)]
    [Size(1, 1024)]
    public string? KernelThreadAffinity { get; init; }

    /// <summary>No polling for corrected machine-check errors, which a timer does on every CPU. They are then not counted either.</summary>
    public bool? IgnoreCorrectedErrors { get; init; }
}

/// <summary>How the scheduler is kept off CPUs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CpuIsolation>))]
public enum CpuIsolation
{
    /// <summary>
    /// By <c>kernel.arguments</c> or <c>profile</c> (<c>isolcpus</c>): for all that runs there, from the boot on. Nothing is done at run
    /// time.
    /// </summary>
    BootArguments,

    /// <summary>
    /// Without a reboot, by control groups of version 2 (<c>admin-guide/cgroup-v2.rst</c>): each container of a Guaranteed pod whose CPUs
    /// are its own and all in <c>isolated</c> becomes a partition of the kind <c>isolated</c> while it runs. Needs Linux 6.7, and kubelet's
    /// static CPU manager.
    /// </summary>
    CgroupPartition,
}

/// <summary>
/// Modes of <c>intel_pstate</c> and <c>amd_pstate</c>. Off is none of them: without a driver a CPU may stay at a low clock.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<PerformanceDriver>))]
public enum PerformanceDriver
{
    /// <summary>The processor chooses the frequency, after hints.</summary>
    Active,

    /// <summary>The kernel's governors choose.</summary>
    Passive,

    /// <summary>The processor chooses within bounds of the governors (AMD alone).</summary>
    Guided,
}

/// <summary>Simultaneous multithreading.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SmtControl>))]
public enum SmtControl
{
    /// <summary>All threads of a core are in use.</summary>
    On,

    /// <summary>One thread of each core is in use.</summary>
    Off,
}

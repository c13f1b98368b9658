using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Schema;

namespace Latlab.Crds.Runs;

/// <summary>How far the run is, and its result.</summary>
public sealed record LatencyRunStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Where it stands.</summary>
    public RunPhase? Phase { get; init; }

    /// <summary>When each step began.</summary>
    public RunTimeline? Timeline { get; init; }

    /// <summary>The numbers. There for an invalid run, too: look at its conditions before using them.</summary>
    public RunResults? Results { get; init; }

    /// <summary>Each objective, and whether it was met.</summary>
    [ListMapKeys("metric")]
    public IReadOnlyList<ObjectiveOutcome> Objectives { get; set; } = [];

    /// <summary>What the numbers were measured on.</summary>
    public RunEnvironment? Environment { get; init; }

    /// <summary>Conditions: <see cref="RunConditions"/>.</summary>
    [ListMapKeys("type")]
    public IReadOnlyList<Condition> Conditions { get; set; } = [];
}

/// <summary>Where a run stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunPhase>))]
public enum RunPhase
{
    /// <summary>Just made.</summary>
    Pending,

    /// <summary>Waits for the node: another run has it, or its tuning is not in effect.</summary>
    Reserving,

    /// <summary>Meter and forwarder are being started.</summary>
    Preparing,

    /// <summary>The generator sends.</summary>
    Measuring,

    /// <summary>Results are collected, pods end.</summary>
    Analyzing,

    /// <summary>Ended with a valid result.</summary>
    Complete,

    /// <summary>Ended without a result.</summary>
    Failed,

    /// <summary>Ended with a result that must not be used.</summary>
    Invalid,
}

/// <summary>When each step of a run began.</summary>
public sealed record RunTimeline
{
    /// <summary>The node was reserved and its tuning in effect, and the node's agent was asked to read it back again.</summary>
    public DateTime? Reserved { get; init; }

    /// <summary>The agent had read everything back as in effect.</summary>
    public DateTime? Preparing { get; init; }

    /// <summary>The meter listened and the forwarder forwarded.</summary>
    public DateTime? Measuring { get; init; }

    /// <summary>The generator's pod was there. One that is gone afterwards is not made again: its traffic may have flowed.</summary>
    public DateTime? Generating { get; init; }

    /// <summary>The generator and the meter were done, and the node's agent was asked to read everything back.</summary>
    public DateTime? Measured { get; init; }

    /// <summary>The results, or the failure, were put on record.</summary>
    public DateTime? Analyzing { get; init; }

    /// <summary>Everything was collected and the node free again.</summary>
    public DateTime? Ended { get; init; }
}

/// <summary>An objective and whether it was met.</summary>
public sealed record ObjectiveOutcome
{
    /// <summary>What was bounded.</summary>
    [Required]
    public ObjectiveMetric Metric { get; init; }

    /// <summary>The bound: nanoseconds, or packets for <c>lost</c>.</summary>
    [Required]
    public long AtMost { get; init; }

    /// <summary>What was measured, in the same unit; absent when no packet matched, which misses every objective on latency.</summary>
    public long? Measured { get; init; }

    /// <summary>Whether it kept to the bound.</summary>
    [Required]
    public bool Met { get; init; }
}

/// <summary>What a run's numbers were measured on.</summary>
public sealed record RunEnvironment
{
    /// <summary>Source of the timestamps: <c>Software</c>, i.e. the kernel's clock when it handed the packet to the capture.</summary>
    public string? Timestamps { get; init; }

    /// <summary>Kernel release.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>Kind of the kernel: <c>PREEMPT_RT</c>, <c>PREEMPT_DYNAMIC</c>, <c>PREEMPT</c>, or <c>none</c>.</summary>
    public string? KernelPreemption { get; init; }

    /// <summary>Kernel command line.</summary>
    public string? KernelCommandLine { get; init; }

    /// <summary>CPU model.</summary>
    public string? CpuModel { get; init; }

    /// <summary>Boot in which the run took place.</summary>
    public string? BootId { get; init; }

    /// <summary>Digest of the node's ledger, the same before and after.</summary>
    public string? LedgerDigest { get; init; }

    /// <summary>Times that a knob of the node had drifted when the run began; the same at its end, or the run is invalid.</summary>
    public int? Drifts { get; init; }

    /// <summary>Version of DPDK.</summary>
    public string? DpdkVersion { get; init; }

    /// <summary>CPUs that the forwarder could run on, read back in its pod, as a list.</summary>
    public string? ForwarderCpus { get; init; }

    /// <summary>CPUs that the meter could run on, read back in its pod, as a list.</summary>
    public string? MeterCpus { get; init; }

    /// <summary>CPUs that the generator could run on, read back in its pod, as a list.</summary>
    public string? GeneratorCpus { get; init; }

    /// <summary>testpmd's command line.</summary>
    public string? ForwarderCommand { get; init; }

    /// <summary>Images by role, with their digests as the container runtime reports them.</summary>
    public IReadOnlyDictionary<string, string>? Images { get; init; }

    /// <summary>
    /// What came between on the forwarder's CPUs from before the traffic until after it; on others where its CPUs are not known.
    /// </summary>
    [ListMapKeys("cpu")]
    public IReadOnlyList<CpuInterference>? Interference { get; init; }

    /// <summary>Path on the node under which this run's files are kept.</summary>
    public string? ArtifactsPath { get; init; }
}

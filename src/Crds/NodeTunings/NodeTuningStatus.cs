using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Conditions;
using Latlab.Crds.Schema;

namespace Latlab.Crds.NodeTunings;

/// <summary>What the node is like, as its agent read it back. Written by the agent on that node alone.</summary>
public sealed record NodeTuningStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>
    /// The newest request for a read-back (<see cref="ReadBackRequest.TokenAnnotation"/>) that this status answers: every value in it was
    /// read after that request.
    /// </summary>
    public string? ReadBack { get; init; }

    /// <summary>Identity of the running boot (<c>/proc/sys/kernel/random/boot_id</c>).</summary>
    public string? BootId { get; init; }

    /// <summary>Number of knobs in effect and of all, e.g. <c>4/5</c>.</summary>
    public string? InEffect { get; init; }

    /// <summary>Times that a value was found changed by something else, since this object was made.</summary>
    public int? Drifts { get; init; }

    /// <summary>
    /// SHA-256 over knobs and their effective values: two results with the same digest were measured under the same tuning.
    /// </summary>
    public string? LedgerDigest { get; init; }

    /// <summary>For each knob, what was wished, and what is.</summary>
    [ListMapKeys("knob")]
    public IReadOnlyList<LedgerEntry> Ledger { get; set; } = [];

    /// <summary>How quiet the isolated CPUs were, where <c>noiseCheck</c> asks for it.</summary>
    public NoiseStatus? Noise { get; init; }

    /// <summary>What came between on the CPUs from the read-back before the last one to the last one.</summary>
    public Interference? Interference { get; init; }

    /// <summary>
    /// Hugepages that there are, of all NUMA nodes (<c>/sys/kernel/mm/hugepages</c>): kubelet offers those to pods that there were when it
    /// started.
    /// </summary>
    [ListMapKeys("size")]
    public IReadOnlyList<HugePagesSeen> HugePages { get; set; } = [];

    /// <summary>How the node's kubelet shares out CPUs and memory.</summary>
    public KubeletStatus? Kubelet { get; init; }

    /// <summary>The node itself.</summary>
    public NodeEnvironment? Environment { get; init; }

    /// <summary>Conditions: <see cref="NodeTuningConditions"/>.</summary>
    [ListMapKeys("type")]
    public IReadOnlyList<Condition> Conditions { get; set; } = [];
}

/// <summary>Hugepages of one size.</summary>
public sealed record HugePagesSeen
{
    /// <summary>Size of a page, e.g. <c>1Gi</c>.</summary>
    [Required]
    public string Size { get; set; } = "";

    /// <summary>How many there are.</summary>
    [Required]
    public long Count { get; init; }
}

/// <summary>The parts of a node that shape its latency and that no knob sets.</summary>
public sealed record NodeEnvironment
{
    /// <summary>Kernel release (<c>uname -r</c>).</summary>
    public string? KernelRelease { get; init; }

    /// <summary>Kernel command line of this boot (<c>/proc/cmdline</c>).</summary>
    public string? KernelCommandLine { get; init; }

    /// <summary>
    /// What the kernel's own work may be interrupted by: <c>PREEMPT_RT</c> of a real-time kernel (<c>/sys/kernel/realtime</c>), otherwise the
    /// word of <c>uname -v</c> (<c>PREEMPT_DYNAMIC</c>, <c>PREEMPT</c>), or <c>none</c>.
    /// </summary>
    public string? KernelPreemption { get; init; }

    /// <summary>CPU model (<c>/proc/cpuinfo</c>).</summary>
    public string? CpuModel { get; init; }

    /// <summary>Online CPUs as a list, e.g. <c>0-3</c>.</summary>
    public string? OnlineCpus { get; init; }
}

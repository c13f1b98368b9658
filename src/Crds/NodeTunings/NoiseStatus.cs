using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;

namespace Latlab.Crds.NodeTunings;

/// <summary>How quiet the isolated CPUs were, before tuning and after.</summary>
public sealed record NoiseStatus
{
    /// <summary>Before the first change to the node.</summary>
    public NoiseFinding? Before { get; init; }

    /// <summary>When the newest spec that was looked at had come into effect.</summary>
    public NoiseFinding? After { get; init; }
}

/// <summary>What a look found.</summary>
public sealed record NoiseFinding
{
    /// <summary>Generation of the spec.</summary>
    public long? Generation { get; init; }

    /// <summary>Boot in which it was.</summary>
    [Required]
    public string BootId { get; set; } = "";

    /// <summary>When it ended.</summary>
    [Required]
    public DateTime At { get; init; }

    /// <summary>How long it was, in nanoseconds.</summary>
    [Required]
    public long DurationNs { get; init; }

    /// <summary>CPUs that were looked at, as a list.</summary>
    [Required]
    public string Cpus { get; set; } = "";

    /// <summary>Longest gap between two looks at the clock, in nanoseconds; absent when the look failed.</summary>
    public long? MaxGapNs { get; init; }

    /// <summary>Gaps of 1,000 ns or more, on all CPUs.</summary>
    public long? Gaps { get; init; }

    /// <summary>The CPUs with the longest gaps, longest first.</summary>
    [ListMapKeys("cpu")]
    [Size(0, 16)]
    public IReadOnlyList<NoisyCpu> Worst { get; set; } = [];

    /// <summary>Why the look failed.</summary>
    public string? Problem { get; init; }
}

/// <summary>How quiet a CPU was.</summary>
public sealed record NoisyCpu
{
    /// <summary>Its number.</summary>
    [Required]
    public int Cpu { get; init; }

    /// <summary>Longest gap in nanoseconds.</summary>
    [Required]
    public long MaxGapNs { get; init; }

    /// <summary>Time that gaps of 1,000 ns or more took together, in nanoseconds.</summary>
    [Required]
    public long NoiseNs { get; init; }

    /// <summary>Number of those gaps by length: <c>1024:53 2048:10</c> are 53 from 1,024 ns to twice that, and 10 from 2,048 ns.</summary>
    public string? Histogram { get; init; }

    /// <summary>Interrupts meanwhile by row of <c>/proc/interrupts</c>, most first, at most eight: <c>LOC:12 RES:3</c>.</summary>
    public string? Interrupts { get; init; }

    /// <summary>Times that the scheduler put something else on the CPU.</summary>
    public long? Preemptions { get; init; }

    /// <summary>System management interrupts; absent where the processor's counter cannot be read.</summary>
    public long? Smis { get; init; }
}

using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;

namespace Latlab.Crds.NodeTunings;

/// <summary>What came between on CPUs from one read-back to the next: around a run, what disturbed it.</summary>
public sealed record Interference
{
    /// <summary>The request (<see cref="ReadBackRequest.TokenAnnotation"/>) that it begins with.</summary>
    [Required]
    public string From { get; set; } = "";

    /// <summary>The request that it ends with.</summary>
    [Required]
    public string To { get; set; } = "";

    /// <summary>Each CPU of <c>cpu.isolated</c>, or each online one when none is isolated; the 64 lowest.</summary>
    [ListMapKeys("cpu")]
    [Size(0, 64)]
    public IReadOnlyList<CpuInterference> Cpus { get; set; } = [];
}

/// <summary>What came between on a CPU.</summary>
public sealed record CpuInterference
{
    /// <summary>Its number.</summary>
    [Required]
    public int Cpu { get; init; }

    /// <summary>Interrupts, of every kind (<c>/proc/interrupts</c>).</summary>
    [Required]
    public long Interrupts { get; init; }

    /// <summary>The kinds that came most, at most five: <c>LOC:12 RES:3</c>.</summary>
    public string? Most { get; init; }

    /// <summary>
    /// Times that a task was put on the CPU (timeslices of <c>/proc/schedstat</c>, <c>scheduler/sched-stats.rst</c>); absent where the
    /// kernel does not count.
    /// </summary>
    public long? ContextSwitches { get; init; }

    /// <summary>System management interrupts; absent where the processor's counter cannot be read.</summary>
    public long? Smis { get; init; }
}

using System.Text.Json.Serialization;

namespace Latlab.NodeAgent.Noise;

/// <summary>How quiet CPUs were.</summary>
/// <param name="Cpus">One for each CPU.</param>
internal sealed record NoiseReport(IReadOnlyList<CpuNoise> Cpus);

/// <summary>How quiet a CPU was.</summary>
internal sealed record CpuNoise
{
    public required int Cpu { get; init; }

    /// <summary>How long it was looked at, in nanoseconds.</summary>
    public required long DurationNs { get; init; }

    /// <summary>Longest gap in nanoseconds.</summary>
    public required long MaxNs { get; init; }

    /// <summary>Looks at the clock.</summary>
    public required long Looks { get; init; }

    /// <summary>Gaps of <see cref="BusyLoop.NoiseFromNs"/> or more, and how long they were together, in nanoseconds.</summary>
    public required long Gaps { get; init; }

    public required long NoiseNs { get; init; }

    /// <summary>Gaps that this process made itself, by its garbage collector: they are in no other number.</summary>
    public long Collections { get; init; }

    /// <summary>Number of gaps by length: each from its <see cref="GapBucket.FromNs"/> to twice that.</summary>
    public required IReadOnlyList<GapBucket> Histogram { get; init; }

    /// <summary>Times that the scheduler put something else on the CPU.</summary>
    public long? Preemptions { get; init; }

    /// <summary>System management interrupts: the firmware took the CPU; null when it cannot be read.</summary>
    public long? Smis { get; init; }

    /// <summary>Interrupts that came on it meanwhile.</summary>
    public required IReadOnlyList<InterruptDelta> Interrupts { get; init; }
}

/// <summary>Gaps of a length.</summary>
internal sealed record GapBucket(long FromNs, long Count);

/// <summary>As JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NoiseReport))]
internal sealed partial class NoiseJson : JsonSerializerContext;

namespace Latlab.Measurement.Results;

/// <summary>Whether two captures' clocks allow latencies to be taken from them.</summary>
public enum ClockVerdict
{
    /// <summary>Nothing speaks against the latencies.</summary>
    Trustworthy,

    /// <summary>They may be off; the reasons say how.</summary>
    Suspicious,

    /// <summary>They mean nothing; the reasons say why.</summary>
    Unusable,
}

/// <summary>The clocks' health, to be read before any latency.</summary>
public sealed record ClockReport
{
    /// <summary>The verdict.</summary>
    public required ClockVerdict Verdict { get; init; }

    /// <summary>Why, one sentence each, with the remedy; empty for <see cref="ClockVerdict.Trustworthy"/>.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>
    /// Lowest latency that was seen, negative ones included, in nanoseconds: what remains of an offset when the path is known.
    /// </summary>
    public long? OffsetNs { get; init; }

    /// <summary>Whole seconds between the clocks, e.g. 37 for TAI against UTC; 0 for none.</summary>
    public long WholeSeconds { get; init; }

    /// <summary>Slope of the lowest latency over time: nanoseconds by which the later clock gains each second.</summary>
    public double? DriftNsPerSecond { get; init; }

    /// <summary>Changes of the lowest latency that stay.</summary>
    public IReadOnlyList<ClockJump> Jumps { get; init; } = [];

    /// <summary>Times that the stamps of the capture before went back by more than 1 ms.</summary>
    public long StepsBackBefore { get; init; }

    /// <summary>Times that the stamps of the capture after went back by more than 1 ms.</summary>
    public long StepsBackAfter { get; init; }

    /// <summary>The stamp of the capture before after which they went back first; null when they never did.</summary>
    public long? FirstStepBackBeforeNs { get; init; }

    /// <summary>The same of the capture after.</summary>
    public long? FirstStepBackAfterNs { get; init; }

    /// <summary>
    /// Byte offset in the (uncompressed) file of the capture before of the first record whose stamp went back; null when none did, or when
    /// the capture is no file whose records have stamps of their own.
    /// </summary>
    public long? FirstStepBackBeforeOffset { get; init; }

    /// <summary>The same of the capture after.</summary>
    public long? FirstStepBackAfterOffset { get; init; }

    /// <summary>Packets before with the stamp of the packet just before them.</summary>
    public long RepeatedBefore { get; init; }

    /// <summary>Packets after with the stamp of the packet just before them.</summary>
    public long RepeatedAfter { get; init; }

    /// <summary>Packets with stamp 0, in both captures: not stamped.</summary>
    public long Missing { get; init; }

    /// <summary>Greatest common divisor of the differences between stamps before, in nanoseconds; 0 when there are too few.</summary>
    public long GranularityBeforeNs { get; init; }

    /// <summary>The same after.</summary>
    public long GranularityAfterNs { get; init; }

    /// <summary>Pairs with a negative latency.</summary>
    public long Negative { get; init; }

    /// <summary>Times that several stamps jumped ahead and returned.</summary>
    public long Returns { get; init; }

    /// <summary>Pairs whose stamps contradict the order of the packets around them.</summary>
    public long Implausible { get; init; }
}

/// <summary>A change of the lowest latency that stays.</summary>
/// <param name="TimeNs">When, by the capture before.</param>
/// <param name="StepNs">By how much.</param>
/// <param name="Sudden">
/// Whether it may have come from one packet to the next, as when a clock is set; else it took several, as a queue does that builds up.
/// </param>
public sealed record ClockJump(long TimeNs, long StepNs, bool Sudden = true);

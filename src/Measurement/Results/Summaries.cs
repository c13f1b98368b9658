using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Results;

/// <summary>A capture that was analysed.</summary>
public sealed record CaptureSummary
{
    /// <summary>File or device.</summary>
    public required string Name { get; init; }

    /// <summary>As <see cref="CaptureFacts.Format"/>.</summary>
    public string Format { get; init; } = "";

    /// <summary>As <see cref="CaptureFacts.ResolutionNs"/>.</summary>
    public long ResolutionNs { get; init; }

    /// <summary>Frames in it.</summary>
    public long Packets { get; init; }

    /// <summary>First stamp in nanoseconds since 1970; null when it has none.</summary>
    public long? FirstNs { get; init; }

    /// <summary>Last stamp; null when it has none.</summary>
    public long? LastNs { get; init; }

    /// <summary>As <see cref="CaptureFacts.WrapsRepaired"/>.</summary>
    public long WrapsRepaired { get; init; }

    /// <summary>What was wrong in it.</summary>
    public IReadOnlyList<CaptureProblem> Problems { get; init; } = [];

    /// <summary>Number of problems, those not listed included.</summary>
    public long ProblemCount { get; init; }
}

/// <summary>How packets were known again.</summary>
public sealed record IdentitySummary
{
    /// <summary><c>generator</c>, <c>l2</c>, <c>l3</c>, <c>nat</c>, <c>exact</c> or <c>mask</c>.</summary>
    public required string Preset { get; init; }

    /// <summary>Whether it was picked from the first packets.</summary>
    public bool Automatic { get; init; }

    /// <summary>Why it was picked; empty when the user chose it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Bytes from the start of the IP header that it covers at most; 0 for no limit.</summary>
    public int Depth { get; init; }
}

/// <summary>What was asked for.</summary>
public sealed record AnalysisParameters
{
    /// <summary>Longest latency that counts as arrival, in nanoseconds: Tmax of RFC 7680. 0 if unknown.</summary>
    public long WindowNs { get; init; }

    /// <summary>What was left out at the start, in nanoseconds, at one instant for both captures.</summary>
    public long WarmUpNs { get; init; }

    /// <summary>Nanoseconds taken off the later capture's stamps, as the user asked.</summary>
    public long ClockOffsetNs { get; init; }

    /// <summary>
    /// Nanoseconds by which the later clock was taken to be ahead when the captures were merged: the window starts there. Not 0 only where
    /// the first packets' lowest latency is none that the window could explain. Nothing is taken off latencies.
    /// </summary>
    public long MergeOffsetNs { get; init; }

    /// <summary>Length of an interval of the time series in nanoseconds.</summary>
    public long IntervalNs { get; init; }
}

/// <summary>
/// What became of every packet of both captures. Always <c>before = warmUpBefore + unparsableBefore + matched + lost + undecided + negative
/// + implausible + duplicatedBefore + recurred</c> and <c>after = warmUpAfter + unparsableAfter + matched + negative + implausible +
/// duplicatedAfter + arrivedBeforeStart + unmatchedAfter</c>. Null is unknown.
/// </summary>
public sealed record Counters
{
    /// <summary>Packets of the capture before the device.</summary>
    public required long Before { get; init; }

    /// <summary>Packets of the capture after it.</summary>
    public required long After { get; init; }

    /// <summary>Packets before that the warm-up left out.</summary>
    public long WarmUpBefore { get; init; }

    /// <summary>Packets after that the warm-up left out.</summary>
    public long WarmUpAfter { get; init; }

    /// <summary>Packets whose arrival came within the window, not stamped earlier than their departure.</summary>
    public required long Matched { get; init; }

    /// <summary>Packets without an arrival within the window.</summary>
    public required long Lost { get; init; }

    /// <summary>Packets without an arrival that departed less than one window before the captures' end.</summary>
    public long? Undecided { get; init; }

    /// <summary>
    /// Further records before, within the window, of a packet that was seen there and had not arrived, that had no arrival of their own.
    /// </summary>
    public long? DuplicatedBefore { get; init; }

    /// <summary>
    /// Further records before, within the window, of a packet that was seen there and had arrived, that had no arrival of their own: an
    /// identity that recurs and whose packet was lost, or a late copy.
    /// </summary>
    public long? Recurred { get; init; }

    /// <summary>Further arrivals within the window of packets that had arrived (RFC 5560).</summary>
    public long? DuplicatedAfter { get; init; }

    /// <summary>Arrivals without a departure in the first window of the captures: they may have departed before those began.</summary>
    public long? ArrivedBeforeStart { get; init; }

    /// <summary>Arrivals of packets that departed more than one window earlier or later, or not at all.</summary>
    public long? UnmatchedAfter { get; init; }

    /// <summary>Packets whose arrival is stamped before their departure.</summary>
    public long? Negative { get; init; }

    /// <summary>
    /// Packets that arrived within the window by the order of the packets around them, but not by their stamps: one is missing (0), or
    /// wrong, or a clock was set while they were on their way. They have no latency.
    /// </summary>
    public long? Implausible { get; init; }

    /// <summary>Of the matched: those that arrived after one of their flow that was sent later (RFC 4737). No part of the sums.</summary>
    public long? Reordered { get; init; }

    /// <summary>Frames that the identity cannot know: both captures'.</summary>
    public long? Unparsable => UnparsableBefore + UnparsableAfter;

    /// <summary>Such frames of the capture before.</summary>
    public long? UnparsableBefore { get; init; }

    /// <summary>Such frames of the capture after.</summary>
    public long? UnparsableAfter { get; init; }

    /// <summary>Frames that the captures themselves missed, in addition to all above; null when neither says.</summary>
    public long? CaptureDrops { get; init; }
}

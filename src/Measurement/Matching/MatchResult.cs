using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Matching;

/// <summary>
/// What became of every record of both taps. Always <c>ingress records = Sent + DuplicatedBefore</c>, <c>Sent = Matched + Lost + Undecided</c> and
/// <c>egress records = Received = Matched + Duplicated + UnmatchedAfter + Negative</c>.
/// </summary>
public sealed record MatchResult
{
    /// <summary>Packets seen at the ingress tap.</summary>
    public required long Sent { get; init; }

    /// <summary>
    /// Further records of a packet at the ingress tap within one window of the first, which alone counts as its departure. An identity that returns
    /// later than that is a new packet.
    /// </summary>
    public required long DuplicatedBefore { get; init; }

    /// <summary>Records of the egress tap.</summary>
    public required long Received { get; init; }

    /// <summary>Packets whose first arrival came within the window.</summary>
    public required long Matched { get; init; }

    /// <summary>Packets without an arrival within the window, and those whose first arrival was <see cref="Negative"/>.</summary>
    public required long Lost { get; init; }

    /// <summary>Packets without an arrival that departed less than one window before the end of the capture.</summary>
    public required long Undecided { get; init; }

    /// <summary>Further arrivals, within the window, of packets that had arrived (RFC 5560).</summary>
    public required long Duplicated { get; init; }

    /// <summary>Arrivals of packets that departed more than one window earlier or later, or not at all.</summary>
    public required long UnmatchedAfter { get; init; }

    /// <summary>Arrivals stamped before their departure, by at most one window.</summary>
    public required long Negative { get; init; }

    /// <summary>
    /// Matched packets that arrived after one of their flow with a higher sequence number (RFC 4737, Type-P-Reordered, by NextExp).
    /// </summary>
    public required long Reordered { get; init; }

    /// <summary>Times that a tap's clock was set back.</summary>
    public required long ClockSteps { get; init; }

    /// <summary>First departure in nanoseconds of the capture's clock; 0 when there was none.</summary>
    public required long FirstSentNs { get; init; }

    /// <summary>Last departure; 0 when there was none.</summary>
    public required long LastSentNs { get; init; }

    /// <summary>Latencies of the matched packets.</summary>
    public required LatencyCounts Latency { get; init; }
}

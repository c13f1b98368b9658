namespace Latlab.Measurement.Matching;

/// <summary>How to match.</summary>
/// <param name="WindowNs">Longest latency that counts as arrival, in nanoseconds: Tmax of RFC 7680.</param>
public sealed record MatchOptions(long WindowNs)
{
    /// <summary>
    /// Nanoseconds that the egress clock is ahead of the ingress clock, as estimated: allowed for when the two captures are merged and when
    /// windows are judged, and not taken off latencies.
    /// </summary>
    public long MergeOffsetNs { get; init; }

    /// <summary>
    /// What departed in this long from the start is left out, with its arrivals: one instant for both captures. In nanoseconds; 0 for
    /// nothing.
    /// </summary>
    public long WarmUpNs { get; init; }
}

using System.ComponentModel.DataAnnotations;

namespace Latlab.Crds.Runs;

/// <summary>
/// The numbers of one run. Only packets of the measured window count, not those of the warm-up.
/// <c>sent = matched + lost + undecided</c> and <c>received = matched + duplicated + unmatchedAfter + negative</c> hold always.
/// </summary>
public sealed record RunResults
{
    /// <summary>
    /// Packets that the generator says it sent. More than <see cref="Sent"/> means that some never reached the ingress tap.
    /// </summary>
    [Required]
    public long Generated { get; init; }

    /// <summary>
    /// Packets that the generator should have sent and did not, because they were late by more than 100 ms: it cannot keep up with the
    /// rate, or was held up. Above 0 the forwarder got less load than <c>traffic.rate</c>.
    /// </summary>
    [Required]
    public long NotSent { get; init; }

    /// <summary>Packets that the kernel refused to send for want of room; they are not sent again.</summary>
    [Required]
    public long SendErrors { get; init; }

    /// <summary>
    /// Longest time in nanoseconds by which the generator was late in handing a packet to the kernel. What it is late with, it sends back
    /// to back: a high latency right after that is the generator's doing, not the forwarder's.
    /// </summary>
    [Required]
    public long MaxLatenessNs { get; init; }

    /// <summary>Most packets that were due at once, and that the generator thus sent back to back. 1 is an even load.</summary>
    [Required]
    public long LongestBurst { get; init; }

    /// <summary>Packets seen at the ingress tap.</summary>
    [Required]
    public long Sent { get; init; }

    /// <summary>
    /// Packets seen again at the ingress tap within one window (Tmax) of the first time, which alone counts as <see cref="Sent"/>: the
    /// network before the forwarder makes copies.
    /// </summary>
    [Required]
    public long DuplicatedBefore { get; init; }

    /// <summary>Packets seen at the egress tap, copies included.</summary>
    [Required]
    public long Received { get; init; }

    /// <summary>Packets seen at both taps within the window.</summary>
    [Required]
    public long Matched { get; init; }

    /// <summary>Packets not seen at the egress tap within the window (Tmax).</summary>
    [Required]
    public long Lost { get; init; }

    /// <summary>Packets sent less than one window before the capture ended, and not seen at the egress tap.</summary>
    [Required]
    public long Undecided { get; init; }

    /// <summary>Further arrivals of packets that had arrived (RFC 5560).</summary>
    [Required]
    public long Duplicated { get; init; }

    /// <summary>
    /// Packets that arrived after one that was sent later (RFC 4737, type-P-reordered, by sequence number within the flow).
    /// </summary>
    [Required]
    public long Reordered { get; init; }

    /// <summary>Packets of this run seen at the egress tap only.</summary>
    [Required]
    public long UnmatchedAfter { get; init; }

    /// <summary>
    /// Arrivals stamped before their departure, or whose stamps contradict the order of the packets around them: the clock is not to be
    /// trusted, and the run is invalid. Their packets count as matched nowhere and as lost.
    /// </summary>
    [Required]
    public long Negative { get; init; }

    /// <summary>Packets that the captures missed.</summary>
    [Required]
    public CaptureDrops CaptureDrops { get; set; } = new();

    /// <summary>Latency of the matched packets in nanoseconds; absent when none matched.</summary>
    public LatencySummary? LatencyNs { get; init; }

    /// <summary>Lost packets in percent of the sent ones, with up to six decimals.</summary>
    [Required]
    public string LossPercent { get; set; } = "";

    /// <summary>Packets/s at the ingress tap, from the first to the last packet of the window.</summary>
    [Required]
    public long OfferedRate { get; init; }
}

/// <summary>Packets that each capture missed, by the kernel's count (libpcap's <c>ps_drop</c> and <c>ps_ifdrop</c>).</summary>
public sealed record CaptureDrops
{
    /// <summary>At the ingress tap.</summary>
    [Required]
    public long Ingress { get; init; }

    /// <summary>At the egress tap.</summary>
    [Required]
    public long Egress { get; init; }
}

/// <summary>
/// Latencies in nanoseconds. Percentiles are nearest rank (RFC 2330 §11.3), each a value that was measured, exact at 1 ns.
/// </summary>
public sealed record LatencySummary
{
    /// <summary>Lowest.</summary>
    [Required]
    public long Min { get; init; }

    /// <summary>Arithmetic mean, rounded to the nearest nanosecond.</summary>
    [Required]
    public long Mean { get; init; }

    /// <summary>50th percentile.</summary>
    [Required]
    public long P50 { get; init; }

    /// <summary>90th percentile.</summary>
    [Required]
    public long P90 { get; init; }

    /// <summary>99th percentile.</summary>
    [Required]
    public long P99 { get; init; }

    /// <summary>99.9th percentile.</summary>
    [Required]
    public long P999 { get; init; }

    /// <summary>99.99th percentile.</summary>
    [Required]
    public long P9999 { get; init; }

    /// <summary>Highest.</summary>
    [Required]
    public long Max { get; init; }
}

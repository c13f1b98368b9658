namespace Latlab.Measurement.Results;

/// <summary>
/// Latency in nanoseconds: first bit in to first bit out (RFC 1242, bit-forwarding) where both taps stamp at the start of a frame.
/// </summary>
public sealed record LatencyStatistics
{
    /// <summary>Number of values.</summary>
    public required long Count { get; init; }

    /// <summary>Lowest.</summary>
    public required long Min { get; init; }

    /// <summary>Arithmetic mean of all values, rounded to the nearest nanosecond.</summary>
    public long? Mean { get; init; }

    /// <summary>Standard deviation of the values as a population.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>Highest.</summary>
    public required long Max { get; init; }

    /// <summary>Percentiles over matched packets, by nearest rank.</summary>
    public IReadOnlyList<PercentileValue> Percentiles { get; init; } = [];

    /// <summary>Percentiles with lost packets as infinite latency (RFC 7679): null values where the rank falls among the lost.</summary>
    public IReadOnlyList<PercentileValue> PercentilesWithLoss { get; init; } = [];
}

/// <summary>A percentile by nearest rank (RFC 2330 §11.3) and how far it can be trusted.</summary>
/// <param name="Percentile">In percent: 99.9.</param>
/// <param name="Value">A value of the sample, in nanoseconds; null when undefined (the rank falls among lost packets).</param>
/// <param name="Lower">Lower bound of its 95 % confidence interval, from order statistics without an assumption on the distribution; null
/// when the sample is too small to have one.</param>
/// <param name="Upper">Upper bound; null when the sample is too small to have one.</param>
/// <param name="Exceedances">Packets of the sample with a higher rank.</param>
public sealed record PercentileValue(double Percentile, long? Value, long? Lower, long? Upper, long? Exceedances)
{
    /// <summary>Fewest packets above a percentile for it to mean something: below, it describes single packets.</summary>
    public const int FewestExceedances = 10;

    /// <summary>Whether so few packets lie above that the value describes single packets or a single event.</summary>
    public bool Weak => Exceedances < FewestExceedances;
}

/// <summary>Loss (RFC 7680) and its bursts (RFC 3357).</summary>
public sealed record LossStatistics
{
    /// <summary>Lost of those whose fate is known; from 0 to 1.</summary>
    public required double Ratio { get; init; }

    /// <summary>Number of loss periods: runs of packets lost one after the other.</summary>
    public long? Bursts { get; init; }

    /// <summary>Packets of the longest.</summary>
    public long? LongestBurst { get; init; }

    /// <summary>How many bursts have which length.</summary>
    public IReadOnlyList<LengthCount> BurstLengths { get; init; } = [];

    /// <summary>
    /// Loss distances, in packets from one loss to the next, and how often each occurred; long ones are collected by powers of two.
    /// </summary>
    public IReadOnlyList<LengthCount> Distances { get; init; } = [];
}

/// <summary>How often a length occurred.</summary>
/// <param name="Length">The length; of a collected one the lowest.</param>
/// <param name="Count">How often.</param>
public sealed record LengthCount(long Length, long Count)
{
    /// <summary>Lengths from here on are collected by powers of two: those of 1024 to 2047 are 1024 or more.</summary>
    public const long FirstCollected = 1024;
}

/// <summary>Duplication by the device under test (RFC 5560).</summary>
/// <param name="Fraction">Further arrivals of those packets that arrived.</param>
/// <param name="ReplicatedRate">Packets with more than one arrival of those that arrived.</param>
public sealed record DuplicationStatistics(double Fraction, double ReplicatedRate);

/// <summary>Reordering (RFC 4737), by flow and then summed.</summary>
public sealed record ReorderingStatistics
{
    /// <summary>Reordered of those that arrived.</summary>
    public required double Ratio { get; init; }

    /// <summary>Mean extent in packets; null when nothing is reordered.</summary>
    public double? MeanExtent { get; init; }

    /// <summary>Greatest extent in packets.</summary>
    public long MaxExtent { get; init; }

    /// <summary>Greatest late-time offset in nanoseconds.</summary>
    public long MaxLateTimeNs { get; init; }

    /// <summary>
    /// Reordered packets that were overtaken so long before that nobody remembers by which packet first: extents and late-time offsets are
    /// counted from the first that is remembered. When there are any, mean extent, greatest extent and greatest late-time offset are at
    /// least what is given. Null is unknown.
    /// </summary>
    public long? BeyondHistory { get; init; }

    /// <summary>
    /// n-reordering: how many packets are n-reordered, for each n from 1 to 64; a packet that more than 64 overtook is counted as one that
    /// 64 did.
    /// </summary>
    public IReadOnlyList<LengthCount> NReordering { get; init; } = [];

    /// <summary>How far back overtakers are looked for, in arrivals of a flow that were not reordered.</summary>
    public const int LongestExtent = 1024;
}

/// <summary>A summary of values in nanoseconds.</summary>
/// <param name="Count">Number of values.</param>
/// <param name="Min">Lowest.</param>
/// <param name="Mean">Mean.</param>
/// <param name="Max">Highest.</param>
/// <param name="Percentiles">Percentiles by nearest rank.</param>
public sealed record ValueSummary(long Count, long Min, double Mean, long Max, IReadOnlyList<PercentileValue> Percentiles);

/// <summary>Variation of latency and of gaps, in nanoseconds.</summary>
public sealed record VariationStatistics
{
    /// <summary>PDV (RFC 5481): latency less the lowest latency.</summary>
    public ValueSummary? Pdv { get; init; }

    /// <summary>
    /// IPDV (RFC 3393, RFC 5481): latency less that of the packet sent just before, in sending order, where both arrived. Signed.
    /// </summary>
    public ValueSummary? Ipdv { get; init; }

    /// <summary>Interarrival jitter J of RFC 3550 §6.4.1, in order of arrival, at the end; that of the flow where it is greatest.</summary>
    public double? Jitter { get; init; }

    /// <summary>The highest that it was.</summary>
    public double? MaxJitter { get; init; }

    /// <summary>
    /// Time between consecutive packets of the capture before the device. Of a flow: between its packets, copies included, without
    /// percentiles.
    /// </summary>
    public ValueSummary? GapsBefore { get; init; }

    /// <summary>
    /// Time between consecutive packets of the capture after the device. Of a flow: between the first arrivals of its matched packets, in
    /// the order of arrival, without percentiles; flows are told apart before the device.
    /// </summary>
    public ValueSummary? GapsAfter { get; init; }

    /// <summary>How often each of <see cref="GapsBefore"/> occurred, in buckets of 100 ns; null of a flow.</summary>
    public HistogramData? GapHistogramBefore { get; init; }

    /// <summary>How often each of <see cref="GapsAfter"/> occurred, in buckets of 100 ns; null of a flow.</summary>
    public HistogramData? GapHistogramAfter { get; init; }
}

/// <summary>Results of one flow.</summary>
public sealed record FlowResult
{
    /// <summary>Index of the flow.</summary>
    public required int Flow { get; init; }

    /// <summary>What it is: <c>10.0.0.1:1000 &gt; 10.0.0.2:2000 udp</c>, or the generator's index.</summary>
    public required string Name { get; init; }

    /// <summary>Index of the flow of the other direction of the same conversation; null when the capture has none.</summary>
    public int? Reverse { get; init; }

    /// <summary>Packets sent, whatever became of them.</summary>
    public required long Sent { get; init; }

    /// <summary>Packets matched.</summary>
    public required long Matched { get; init; }

    /// <summary>Packets lost.</summary>
    public required long Lost { get; init; }

    /// <summary>As <see cref="Counters.Undecided"/>.</summary>
    public required long Undecided { get; init; }

    /// <summary>As <see cref="Counters.Negative"/>.</summary>
    public required long Negative { get; init; }

    /// <summary>As <see cref="Counters.Implausible"/>.</summary>
    public required long Implausible { get; init; }

    /// <summary>As <see cref="Counters.DuplicatedBefore"/>.</summary>
    public required long DuplicatedBefore { get; init; }

    /// <summary>As <see cref="Counters.Recurred"/>.</summary>
    public required long Recurred { get; init; }

    /// <summary>As <see cref="Counters.DuplicatedAfter"/>.</summary>
    public required long DuplicatedAfter { get; init; }

    /// <summary>As <see cref="Counters.Reordered"/>.</summary>
    public required long Reordered { get; init; }

    /// <summary>Latency; null when nothing matched.</summary>
    public LatencyStatistics? LatencyNs { get; init; }

    /// <summary>Loss, and its bursts and distances among the packets of the flow.</summary>
    public LossStatistics? Loss { get; init; }

    /// <summary>Duplication; null when nothing arrived.</summary>
    public DuplicationStatistics? Duplication { get; init; }

    /// <summary>Reordering.</summary>
    public ReorderingStatistics? Reordering { get; init; }

    /// <summary>Variation of latency, and time, from one packet of the flow to its next.</summary>
    public VariationStatistics? Variation { get; init; }

    /// <summary>The course over time; null when no interval was left for it.</summary>
    public FlowTimeSeries? TimeSeries { get; init; }
}

/// <summary>
/// A flow's course over time, as columns of one length, in the intervals of <see cref="AnalysisResult.TimeSeries"/>. One in which the flow
/// sent nothing is left out. All flows together have at most 2²⁰ (1,048,576) intervals; what found no room is in none, and a note says
/// so.
/// </summary>
public sealed record FlowTimeSeries
{
    /// <summary>Starts of the intervals, in nanoseconds since 1970, ascending.</summary>
    public IReadOnlyList<long> StartNs { get; init; } = [];

    /// <summary>Packets sent.</summary>
    public IReadOnlyList<long> Sent { get; init; } = [];

    /// <summary>Packets matched.</summary>
    public IReadOnlyList<long> Matched { get; init; } = [];

    /// <summary>Packets lost.</summary>
    public IReadOnlyList<long> Lost { get; init; } = [];

    /// <summary>Mean latencies in nanoseconds, rounded to the nearest; null where nothing matched.</summary>
    public IReadOnlyList<long?> Mean { get; init; } = [];

    /// <summary>Maxima; null where nothing matched.</summary>
    public IReadOnlyList<long?> Max { get; init; } = [];
}

/// <summary>One of the slowest packets.</summary>
/// <param name="LatencyNs">Its latency.</param>
/// <param name="SentNs">Departure, in nanoseconds since 1970 (imported: since the start of the capture).</param>
/// <param name="ArrivedNs">Arrival.</param>
/// <param name="Flow">Index of its flow.</param>
public sealed record WorstPacket(long LatencyNs, long SentNs, long ArrivedNs, int Flow);

/// <summary>Slow packets that one event held up: a queue that grew while nothing was forwarded, and drained.</summary>
/// <param name="StartNs">Departure of its first slow packet.</param>
/// <param name="EndNs">Arrival of its last.</param>
/// <param name="PeakNs">Its highest latency.</param>
/// <param name="Packets">Packets of the worst list in it.</param>
public sealed record StallEpisode(long StartNs, long EndNs, long PeakNs, int Packets)
{
    /// <summary>From the first departure to the last arrival.</summary>
    public long LengthNs => EndNs - StartNs;
}

/// <summary>A period with which episodes recur.</summary>
/// <param name="PeriodNs">The period.</param>
/// <param name="Share">Share of the episodes that keep to it, from 0 to 1.</param>
/// <param name="LikelyCause">What has this period on a Linux machine; empty when nothing is known.</param>
public sealed record EpisodePeriod(long PeriodNs, double Share, string LikelyCause);

/// <summary>How often each latency occurred, as two columns of one length, in ascending order.</summary>
/// <param name="Values">Lower edges in nanoseconds.</param>
/// <param name="Counts">How often.</param>
/// <param name="BucketNs">Width of the widest bucket in nanoseconds: 1 is exact. Of an analysis that has more, only latencies of 2²⁴ ns and
/// more are in such buckets.</param>
public sealed record HistogramData(IReadOnlyList<long> Values, IReadOnlyList<long> Counts, long BucketNs = 1);

/// <summary>
/// The course over time, as columns of one length, by the time of departure. One odd stamp does not make an interval: its packet belongs to
/// the interval of its neighbours.
/// </summary>
public sealed record TimeSeries
{
    /// <summary>Length of an interval in nanoseconds.</summary>
    public required long IntervalNs { get; init; }

    /// <summary>
    /// Start of the first interval, in nanoseconds since 1970: the first departure, unless the clock was set back later. Intervals follow on
    /// each other without a gap.
    /// </summary>
    public required long StartNs { get; init; }

    /// <summary>Packets sent.</summary>
    public IReadOnlyList<long> Sent { get; init; } = [];

    /// <summary>Packets matched.</summary>
    public IReadOnlyList<long> Matched { get; init; } = [];

    /// <summary>Packets lost.</summary>
    public IReadOnlyList<long> Lost { get; init; } = [];

    /// <summary>
    /// Arrivals of matched packets by the time of arrival, less what clocks were allowed to be apart for matching. All of them: the last
    /// intervals may have nothing else.
    /// </summary>
    public IReadOnlyList<long> Arrived { get; init; } = [];

    /// <summary>
    /// Medians in nanoseconds; null where nothing matched, and where the clock was set back and came by a second time.
    /// </summary>
    public IReadOnlyList<long?> P50 { get; init; } = [];

    /// <summary>99th percentiles; null as medians are.</summary>
    public IReadOnlyList<long?> P99 { get; init; } = [];

    /// <summary>Maxima; null where nothing matched.</summary>
    public IReadOnlyList<long?> Max { get; init; } = [];
}

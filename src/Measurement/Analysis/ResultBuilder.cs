using Latlab.Measurement.Captures;
using Latlab.Measurement.Clocks;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>Makes the result of what was counted.</summary>
internal static class ResultBuilder
{
    /// <summary>Width of the buckets of the gaps' histograms: that of the TUM evaluator's.</summary>
    private const long GapBucketNs = 100;

    public static AnalysisResult Build(
        string madeBy, AnalysisOptions options, PairStatistics statistics, MatchResult matched, CaptureFacts before, CaptureFacts after)
    {
        var series = statistics.Series.Finish();
        var latency = statistics.Series.Total;
        var counts = matched.Counts;
        var worst = statistics.Worst.Result();
        // What is not far above the median is no stall, however slow it is among its like.
        var stalledNs = latency.Count == 0 ? long.MaxValue : 2 * latency.At(Percentile.P50);
        var episodes = StallEpisodes.Of(worst.Where(packet => packet.LatencyNs > stalledNs));
        var result = new AnalysisResult
        {
            MadeBy = madeBy,
            Before = Summarise(before, statistics.StampsBefore),
            After = Summarise(after, statistics.StampsAfter),
            Parameters = new AnalysisParameters
            {
                WindowNs = options.Match.WindowNs,
                WarmUpNs = options.Match.WarmUpNs,
                ClockOffsetNs = options.ClockOffsetNs,
                MergeOffsetNs = options.Match.MergeOffsetNs,
                IntervalNs = options.IntervalNs,
            },
            Counters = Count(counts, statistics.Reordering.Reordered, before, after),
            Clock = ClockJudge.Judge(
                statistics.StampsBefore,
                statistics.StampsAfter,
                statistics.Envelope,
                latency,
                // As it stands in the capture.
                matched with { FirstStepAfterNs = matched.FirstStepAfterNs + options.ClockOffsetNs },
                before,
                after),
            LatencyNs = Summarise(latency, counts.Lost, options.Percentiles),
            Loss = statistics.Loss.Result(counts.Decided),
            Duplication = Duplication(counts),
            Reordering = statistics.Reordering.Result(),
            Variation = Variation(statistics, latency, options.Percentiles),
            Flows = [.. statistics.Flows.Flows.Select(flow => Flow(flow.Index, flow.Flow, statistics, options.Percentiles))],
            Worst = worst,
            Episodes = episodes,
            EpisodePeriod = EpisodePeriods.Of(episodes),
            TimeSeries = series,
            HistogramNs = Histogram(latency),
        };
        return result with { Notes = [.. ResultNotes.Of(result, Resolutions(statistics), statistics.Flows)] };
    }

    /// <summary>What values of <see cref="LatencyCounts.Countable"/> and more are told apart by, of each kind.</summary>
    private static IEnumerable<(string What, long ResolutionNs)> Resolutions(PairStatistics statistics) =>
    [
        ("latencies", statistics.Series.Total.ResolutionBeyondNs),
        ("differences of latency (IPDV)", statistics.Variation.Counts.ResolutionBeyondNs),
        ("gaps before the device", statistics.GapsBefore.Counts.ResolutionBeyondNs),
        ("gaps after the device", statistics.GapsAfter.Counts.ResolutionBeyondNs),
        .. statistics.Flows.Flows.Select(flow => ($"latencies of flow {flow.Index}", flow.Flow.Latency.ResolutionBeyondNs)),
        .. statistics.Flows.Flows.Select(flow => ($"differences of latency (IPDV) of flow {flow.Index}", flow.Flow.Variation.Counts.ResolutionBeyondNs)),
    ];

    private static CaptureSummary Summarise(CaptureFacts facts, StampMeter stamps) => new()
    {
        Name = facts.Name,
        Format = facts.Format,
        ResolutionNs = facts.ResolutionNs,
        Packets = facts.Packets,
        FirstNs = stamps.FirstNs,
        LastNs = stamps.LastNs,
        WrapsRepaired = facts.WrapsRepaired,
        Problems = facts.Problems,
        ProblemCount = facts.ProblemCount,
    };

    private static Counters Count(MatchCounts counts, long reordered, CaptureFacts before, CaptureFacts after) => new()
    {
        Before = counts.Before + before.Unparsable,
        After = counts.After + after.Unparsable,
        WarmUpBefore = counts.WarmUpBefore,
        WarmUpAfter = counts.WarmUpAfter,
        Matched = counts.Matched,
        Lost = counts.Lost,
        Undecided = counts.Undecided,
        DuplicatedBefore = counts.DuplicatedBefore,
        Recurred = counts.Recurred,
        DuplicatedAfter = counts.DuplicatedAfter,
        ArrivedBeforeStart = counts.ArrivedBeforeStart,
        UnmatchedAfter = counts.UnmatchedAfter,
        Negative = counts.Negative,
        Implausible = counts.Implausible,
        Reordered = reordered,
        UnparsableBefore = before.Unparsable,
        UnparsableAfter = after.Unparsable,
        CaptureDrops = before.Drops is null && after.Drops is null ? null : (before.Drops ?? 0) + (after.Drops ?? 0),
    };

    private static LatencyStatistics? Summarise(LatencyCounts latency, long lost, IReadOnlyList<Percentile> percentiles) => latency.Count == 0
        ? null
        : new LatencyStatistics
        {
            Count = latency.Count,
            Min = latency.Min,
            Mean = latency.Mean,
            StandardDeviation = latency.StandardDeviation,
            Max = latency.Max,
            Percentiles = PercentileValues.Of(latency, percentiles),
            PercentilesWithLoss = PercentileValues.Of(latency, percentiles, lost),
        };

    /// <summary>RFC 5560 §4: of the packets that arrived.</summary>
    private static DuplicationStatistics? Duplication(MatchCounts counts) => counts.Arrived is not 0 and var arrived
        ? new DuplicationStatistics((double)counts.DuplicatedAfter / arrived, (double)counts.Replicated / arrived)
        : null;

    private static VariationStatistics Variation(PairStatistics statistics, LatencyCounts latency, IReadOnlyList<Percentile> percentiles) => new()
    {
        Pdv = Pdv(latency, percentiles),
        Ipdv = statistics.Variation.Counts.Summarise(percentiles),
        Jitter = latency.Count == 0 ? null : statistics.Jitter.HighestAtEnd,
        MaxJitter = latency.Count == 0 ? null : statistics.Jitter.Highest,
        GapsBefore = PercentileValues.Summarise(statistics.GapsBefore.Counts, percentiles),
        GapsAfter = PercentileValues.Summarise(statistics.GapsAfter.Counts, percentiles),
        GapHistogramBefore = Histogram(statistics.GapsBefore.Counts, GapBucketNs),
        GapHistogramAfter = Histogram(statistics.GapsAfter.Counts, GapBucketNs),
    };

    private static HistogramData? Histogram(LatencyCounts counts, long bucketNs = 1) =>
        counts.Count == 0 ? null : counts.ToHistogram(bucketNs);

    private static FlowResult Flow(int index, FlowMeter.Flow flow, PairStatistics statistics, IReadOnlyList<Percentile> percentiles)
    {
        var counts = flow.Counts;
        return new FlowResult
        {
            Flow = index,
            Name = index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Sent = counts.Sent,
            Matched = counts.Matched,
            Lost = counts.Lost,
            Undecided = counts.Undecided,
            Negative = counts.Negative,
            Implausible = counts.Implausible,
            DuplicatedBefore = counts.DuplicatedBefore,
            Recurred = counts.Recurred,
            DuplicatedAfter = counts.DuplicatedAfter,
            Reordered = statistics.Reordering.ReorderedOf(index),
            LatencyNs = Summarise(flow.Latency, counts.Lost, percentiles),
            Loss = flow.Loss.Result(counts.Decided),
            Duplication = Duplication(counts),
            Reordering = statistics.Reordering.ResultOf(index),
            Variation = new VariationStatistics
            {
                Pdv = Pdv(flow.Latency, percentiles),
                Ipdv = flow.Variation.Counts.Summarise(percentiles),
                Jitter = counts.Matched == 0 ? null : statistics.Jitter.Of(index),
                MaxJitter = counts.Matched == 0 ? null : statistics.Jitter.HighestOf(index),
                GapsBefore = statistics.FlowGapsBefore.Of(index),
                GapsAfter = statistics.FlowGapsAfter.Of(index),
            },
            TimeSeries = flow.Course.ToSeries(statistics.Series.StartOf),
        };
    }

    private static ValueSummary? Pdv(LatencyCounts latency, IReadOnlyList<Percentile> percentiles) =>
        PercentileValues.Summarise(latency, percentiles, latency.Count == 0 ? 0 : latency.Min);
}

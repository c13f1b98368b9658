using System.Globalization;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>Parts of a result as CSV.</summary>
internal static class ResultTables
{
    /// <summary>Counters and percentiles, and how far they can be trusted: name and value, which is empty where it is unknown.</summary>
    public static void WriteSummary(TextWriter output, AnalysisResult result)
    {
        output.WriteLine("name,value");
        var counters = result.Counters;
        (string Name, long? Value)[] rows =
        [
            ("before", counters.Before), ("after", counters.After), ("warmUpBefore", counters.WarmUpBefore), ("warmUpAfter", counters.WarmUpAfter),
            ("matched", counters.Matched), ("lost", counters.Lost), ("undecided", counters.Undecided), ("negative", counters.Negative),
            ("implausible", counters.Implausible), ("duplicatedBefore", counters.DuplicatedBefore), ("recurred", counters.Recurred), ("duplicatedAfter", counters.DuplicatedAfter),
            ("arrivedBeforeStart", counters.ArrivedBeforeStart), ("unmatchedAfter", counters.UnmatchedAfter), ("reordered", counters.Reordered),
            ("unparsable", counters.Unparsable), ("captureDrops", counters.CaptureDrops), ("min", result.LatencyNs?.Min), ("mean", result.LatencyNs?.Mean),
            ("max", result.LatencyNs?.Max),
        ];
        foreach (var (name, value) in rows)
        {
            output.WriteLine(Line($"{name},{value}"));
        }

        foreach (var percentile in result.LatencyNs?.Percentiles ?? [])
        {
            output.WriteLine(Line($"p{percentile.Percentile:0.#######},{percentile.Value}"));
        }

        WriteTrust(output, result);
    }

    /// <summary>What a script has to know of the numbers above. At the end: rows may be read by their place, too.</summary>
    private static void WriteTrust(TextWriter output, AnalysisResult result)
    {
        output.WriteLine(result.Partial ? "partial,true" : "partial,false");
        output.WriteLine($"clockVerdict,{result.Clock?.Verdict}");
        output.WriteLine(Line($"windowNs,{(result.Parameters.WindowNs is not 0 and var windowNs ? (long?)windowNs : null)}"));
        output.WriteLine(Line($"lossRatio,{result.Loss?.Ratio}"));
        output.WriteLine(Line($"standardDeviation,{result.LatencyNs?.StandardDeviation}"));
        foreach (var percentile in result.LatencyNs?.Percentiles ?? [])
        {
            output.WriteLine(Line($"p{percentile.Percentile:0.#######}_lower,{percentile.Lower}"));
            output.WriteLine(Line($"p{percentile.Percentile:0.#######}_upper,{percentile.Upper}"));
            output.WriteLine(Line($"p{percentile.Percentile:0.#######}_exceedances,{percentile.Exceedances}"));
        }
    }

    /// <summary>How often each latency occurred.</summary>
    public static void WriteHistogram(TextWriter output, HistogramData histogram)
    {
        output.WriteLine("latency_ns,count");
        for (var i = 0; i < histogram.Values.Count; i++)
        {
            output.WriteLine(Line($"{histogram.Values[i]},{histogram.Counts[i]}"));
        }
    }

    /// <summary>The slowest packets.</summary>
    public static void WriteWorst(TextWriter output, IEnumerable<WorstPacket> worst)
    {
        output.WriteLine("latency_ns,sent_ns,arrived_ns,flow");
        foreach (var packet in worst)
        {
            output.WriteLine(Line($"{packet.LatencyNs},{packet.SentNs},{packet.ArrivedNs},{packet.Flow}"));
        }
    }

    /// <summary>The course over time.</summary>
    public static void WriteTimeSeries(TextWriter output, TimeSeries series)
    {
        output.WriteLine("start_ns,sent,matched,lost,arrived,p50_ns,p99_ns,max_ns");
        for (var i = 0; i < series.Sent.Count; i++)
        {
            output.WriteLine(Line(
                $"{series.StartNs + (i * series.IntervalNs)},{series.Sent[i]},{series.Matched[i]},{series.Lost[i]},{series.Arrived[i]},{series.P50[i]},{series.P99[i]},{series.Max[i]}"));
        }
    }

    /// <summary>Each flow: its counters, latency and variation. Names have no quotes in them.</summary>
    public static void WriteFlows(TextWriter output, IReadOnlyList<FlowResult> flows)
    {
        var percentiles = flows.Select(flow => flow.LatencyNs?.Percentiles).FirstOrDefault(known => known is not null) ?? [];
        output.WriteLine(
            "flow,name,reverse,sent,matched,lost,loss_ratio,loss_bursts,longest_burst,undecided,negative,implausible,duplicated_before,recurred,duplicated_after,"
            + "reordered,max_extent,min_ns,mean_ns,"
            + string.Concat(percentiles.Select(percentile => Line($"p{percentile.Percentile:0.#######}_ns,"))) + "max_ns,ipdv_min_ns,ipdv_max_ns,jitter_ns,max_jitter_ns");
        foreach (var flow in flows)
        {
            var latency = flow.LatencyNs;
            output.WriteLine(
                Line($"{flow.Flow},\"{flow.Name}\",{flow.Reverse},{flow.Sent},{flow.Matched},{flow.Lost},{flow.Loss?.Ratio},{flow.Loss?.Bursts},{flow.Loss?.LongestBurst},")
                + Line($"{flow.Undecided},{flow.Negative},{flow.Implausible},{flow.DuplicatedBefore},{flow.Recurred},{flow.DuplicatedAfter},")
                + Line($"{flow.Reordered},{flow.Reordering?.MaxExtent},{latency?.Min},{latency?.Mean},")
                + string.Concat(percentiles.Index().Select(percentile => Line($"{latency?.Percentiles[percentile.Index].Value},")))
                + Line($"{latency?.Max},{flow.Variation?.Ipdv?.Min},{flow.Variation?.Ipdv?.Max},{flow.Variation?.Jitter},{flow.Variation?.MaxJitter}"));
        }
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}

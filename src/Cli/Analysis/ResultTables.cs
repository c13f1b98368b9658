using System.Globalization;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>Parts of a result as CSV.</summary>
internal static class ResultTables
{
    /// <summary>
    /// Counters and percentiles, and how far they can be trusted: name and value, which is empty where it is unknown. The other direction's
    /// rows come after them, if there is one.
    /// </summary>
    public static void WriteSummary(TextWriter output, AnalysisResult result)
    {
        output.WriteLine("name,value");
        WriteRows(output, "", result);
        if (result.Reverse is { } reverse)
        {
            WriteRows(output, "reverse_", reverse);
        }
    }

    private static void WriteRows(TextWriter output, string prefix, AnalysisResult result)
    {
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
            output.WriteLine(Line($"{prefix}{name},{value}"));
        }

        foreach (var percentile in result.LatencyNs?.Percentiles ?? [])
        {
            output.WriteLine(Line($"{prefix}p{percentile.Percentile:0.#######},{percentile.Value}"));
        }

        WriteTrust(output, prefix, result);
    }

    /// <summary>What a script has to know of the numbers above. At the end: rows may be read by their place, too.</summary>
    private static void WriteTrust(TextWriter output, string prefix, AnalysisResult result)
    {
        output.WriteLine($"{prefix}partial,{(result.Partial ? "true" : "false")}");
        output.WriteLine($"{prefix}clockVerdict,{result.Clock?.Verdict}");
        output.WriteLine(Line($"{prefix}windowNs,{(result.Parameters.WindowNs is not 0 and var windowNs ? (long?)windowNs : null)}"));
        output.WriteLine(Line($"{prefix}lossRatio,{result.Loss?.Ratio}"));
        output.WriteLine(Line($"{prefix}standardDeviation,{result.LatencyNs?.StandardDeviation}"));
        foreach (var percentile in result.LatencyNs?.Percentiles ?? [])
        {
            output.WriteLine(Line($"{prefix}p{percentile.Percentile:0.#######}_lower,{percentile.Lower}"));
            output.WriteLine(Line($"{prefix}p{percentile.Percentile:0.#######}_upper,{percentile.Upper}"));
            output.WriteLine(Line($"{prefix}p{percentile.Percentile:0.#######}_exceedances,{percentile.Exceedances}"));
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

    /// <summary>The slowest packets. Names of flows have no quotes in them.</summary>
    public static void WriteWorst(TextWriter output, AnalysisResult result)
    {
        output.WriteLine("latency_ns,sent_ns,arrived_ns,flow,flow_name");
        foreach (var packet in result.Worst)
        {
            var name = result.WorstFlows.TryGetValue(packet.Flow, out var known) ? $"\"{known}\"" : "";
            output.WriteLine(Line($"{packet.LatencyNs},{packet.SentNs},{packet.ArrivedNs},{packet.Flow},{name}"));
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
            + string.Concat(percentiles.Select(percentile => Line($"p{percentile.Percentile:0.#######}_ns,")))
            + "max_ns,ipdv_min_ns,ipdv_max_ns,jitter_ns,max_jitter_ns,"
            + "gap_before_min_ns,gap_before_mean_ns,gap_before_max_ns,gap_after_min_ns,gap_after_mean_ns,gap_after_max_ns");
        foreach (var flow in flows)
        {
            var latency = flow.LatencyNs;
            output.WriteLine(
                Line($"{flow.Flow},\"{flow.Name}\",{flow.Reverse},{flow.Sent},{flow.Matched},{flow.Lost},{flow.Loss?.Ratio},{flow.Loss?.Bursts},{flow.Loss?.LongestBurst},")
                + Line($"{flow.Undecided},{flow.Negative},{flow.Implausible},{flow.DuplicatedBefore},{flow.Recurred},{flow.DuplicatedAfter},")
                + Line($"{flow.Reordered},{flow.Reordering?.MaxExtent},{latency?.Min},{latency?.Mean},")
                + string.Concat(percentiles.Index().Select(percentile => Line($"{latency?.Percentiles[percentile.Index].Value},")))
                + Line($"{latency?.Max},{flow.Variation?.Ipdv?.Min},{flow.Variation?.Ipdv?.Max},")
                + Line($"{flow.Variation?.Jitter},{flow.Variation?.MaxJitter},")
                + Gaps(flow.Variation?.GapsBefore) + "," + Gaps(flow.Variation?.GapsAfter));
        }
    }

    /// <summary>The course over time of each flow that has one.</summary>
    public static void WriteFlowSeries(TextWriter output, IEnumerable<FlowResult> flows)
    {
        output.WriteLine("start_ns,flow,sent,matched,lost,mean_ns,max_ns");
        foreach (var flow in flows)
        {
            for (var i = 0; i < flow.TimeSeries?.StartNs.Count; i++)
            {
                var series = flow.TimeSeries;
                output.WriteLine(
                    Line($"{series.StartNs[i]},{flow.Flow},{series.Sent[i]},{series.Matched[i]},{series.Lost[i]},")
                    + Line($"{series.Mean[i]},{series.Max[i]}"));
            }
        }
    }

    private static string Gaps(ValueSummary? gaps) => Line($"{gaps?.Min},{gaps?.Mean:0.###},{gaps?.Max}");

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}

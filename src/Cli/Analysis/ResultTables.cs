using System.Globalization;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>Parts of a result as CSV.</summary>
internal static class ResultTables
{
    /// <summary>Counters and percentiles: name and value.</summary>
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

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}

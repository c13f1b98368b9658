using System.Globalization;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Analysis;

/// <summary>A result for people: the clock first, then what became of the packets, then latency.</summary>
internal static class ResultText
{
    public static void Write(TextWriter output, AnalysisResult result)
    {
        if (result.Partial)
        {
            output.WriteLine("PARTIAL: the analysis was interrupted");
        }

        Capture("before", result.Before);
        Capture("after", result.After);
        if (result.Identity is { } identity)
        {
            Row("identity", identity.Preset + (identity.Automatic ? $" (picked: {identity.Reason})" : ""));
        }

        Row("window", $"{result.Parameters.WindowNs} ns: what takes longer is lost (Tmax)");
        WriteClock(output, result.Clock);
        WriteCounters(output, result);
        WriteLatency(output, result);
        WriteEpisodes(output, result);
        WriteFlows(output, result);
        foreach (var note in result.Notes)
        {
            output.WriteLine($"note: {note}");
        }

        if (result.Reverse is { } reverse)
        {
            output.WriteLine();
            output.WriteLine("reverse: packets that pass the capture after first");
            Write(output, reverse);
        }

        void Capture(string side, CaptureSummary? capture)
        {
            if (capture is not null)
            {
                Row(side, $"{capture.Name} ({capture.Format}), {Packets(capture.Packets)}"
                    + (capture.WrapsRepaired > 0 ? $", {capture.WrapsRepaired} wraps of stamps repaired" : ""));
            }
        }

        void Row(string name, string value) => ResultText.Row(output, name, value);
    }

    private static void WriteClock(TextWriter output, ClockReport? clock)
    {
        if (clock is null)
        {
            return;
        }

#pragma warning disable CA1308 // A word of a sentence.
        Row(output, "clocks", clock.Verdict.ToString().ToLowerInvariant());
#pragma warning restore CA1308
        foreach (var reason in clock.Reasons)
        {
            Row(output, "", reason);
        }

        Row(output, "  lowest latency", clock.OffsetNs is { } lowest ? $"{lowest} ns" : "none");
        Row(output, "  drift", clock.DriftNsPerSecond is { } drift ? Text($"{drift:0.###} ns/s") : "capture too short to tell");
        Row(output, "  granularity", $"before {clock.GranularityBeforeNs} ns, after {clock.GranularityAfterNs} ns");
    }

    private static void WriteCounters(TextWriter output, AnalysisResult result)
    {
        var counters = result.Counters;
        Row(output, "before", Count(counters.Before));
        Row(output, "  warm-up", Count(counters.WarmUpBefore));
        Row(output, "  matched", Count(counters.Matched));
        Row(output, "  lost", result.Loss is { } loss
            ? Text($"{counters.Lost} ({loss.Ratio * 100:0.######} %), in {loss.Bursts} bursts, longest {loss.LongestBurst}")
            : Count(counters.Lost));
        Row(output, "  undecided", Count(counters.Undecided));
        Row(output, "  negative", Count(counters.Negative));
        Row(output, "  implausible", Count(counters.Implausible));
        Row(output, "  duplicated", Count(counters.DuplicatedBefore));
        Row(output, "  recurred", Count(counters.Recurred));
        Row(output, "  unparsable", Count(counters.UnparsableBefore));
        Row(output, "after", Count(counters.After));
        Row(output, "  warm-up", Count(counters.WarmUpAfter));
        Row(output, "  duplicated", Count(counters.DuplicatedAfter));
        Row(output, "  before start", Count(counters.ArrivedBeforeStart));
        Row(output, "  unmatched", Count(counters.UnmatchedAfter));
        Row(output, "  unparsable", Count(counters.UnparsableAfter));
        Row(output, "reordered", result.Reordering is { } reordering
            ? Text($"{counters.Reordered} ({reordering.Ratio * 100:0.######} %), greatest extent {(reordering.BeyondHistory > 0 ? "at least " : "")}{reordering.MaxExtent}")
            : Count(counters.Reordered));
        Row(output, "capture drops", counters.CaptureDrops is { } drops ? Count(drops) : "the captures do not say");
    }

    private static void WriteLatency(TextWriter output, AnalysisResult result)
    {
        if (result.LatencyNs is not { } latency)
        {
            Row(output, "latency", "nothing matched");
            return;
        }

        Row(output, "latency", "ns; 95 % confidence; packets above");
        Row(output, "  min", Count(latency.Min));
        Row(output, "  mean", Text($"{latency.Mean} (standard deviation {latency.StandardDeviation:0.#})"));
        foreach (var percentile in latency.Percentiles)
        {
            var bounds = $"{percentile.Lower?.ToString(CultureInfo.InvariantCulture) ?? "?"}..{percentile.Upper?.ToString(CultureInfo.InvariantCulture) ?? "?"}";
            Row(output, Text($"  p{percentile.Percentile:0.#######}"), $"{percentile.Value,-12} {bounds,-26} {percentile.Exceedances}{(percentile.Weak ? "  weak" : "")}");
        }

        Row(output, "  max", Count(latency.Max));
        if (latency.PercentilesWithLoss.Zip(latency.Percentiles).Any(pair => pair.First.Value != pair.Second.Value))
        {
            Row(output, "  loss as infinite", string.Join(", ", latency.PercentilesWithLoss.Select(percentile =>
                Text($"p{percentile.Percentile:0.#######} {(percentile.Value is { } value ? Text($"{value}") : "infinite")}"))));
        }

        if (result.Variation is { } variation)
        {
            Row(output, "PDV", Percentiles(variation.Pdv));
            Row(output, "IPDV", Percentiles(variation.Ipdv));
            Row(output, "jitter (RFC 3550)", Text($"{variation.Jitter:0.#} at the end, {variation.MaxJitter:0.#} at most"));
            Row(output, "gaps before", Percentiles(variation.GapsBefore));
            Row(output, "gaps after", Percentiles(variation.GapsAfter));
        }
    }

    private static void WriteEpisodes(TextWriter output, AnalysisResult result)
    {
        if (result.Episodes.Count == 0)
        {
            return;
        }

        var worst = result.Episodes.MaxBy(episode => episode.PeakNs)!;
        Row(output, "stall episodes", $"{result.Episodes.Count} in the worst {result.Worst.Count} packets; the highest {worst.PeakNs} ns, {Packets(worst.Packets)}, "
            + $"{worst.LengthNs} ns long");
        if (result.EpisodePeriod is { } period)
        {
            Row(output, "  period", Text($"{period.PeriodNs} ns ({period.Share * 100:0} % of the episodes){(period.LikelyCause.Length > 0 ? ": " : "")}{period.LikelyCause}"));
        }
    }

    private static void WriteFlows(TextWriter output, AnalysisResult result)
    {
        foreach (var flow in result.Flows)
        {
            var latency = flow.LatencyNs is { } known
                ? string.Join(", ", known.Percentiles.Select(percentile => Text($"p{percentile.Percentile:0.#######} {percentile.Value}")))
                : "nothing matched";
            Row(output, $"flow {flow.Flow}", $"{flow.Name}: sent {flow.Sent}, lost {flow.Lost}"
                + (flow.Loss?.LongestBurst > 1 ? $" (longest burst {flow.Loss.LongestBurst})" : "")
                + $", reordered {flow.Reordered}"
                + string.Concat(Rare(flow).Where(count => count.Value > 0).Select(count => $", {count.Name} {count.Value}"))
                + $"; {latency}"
                + (flow.Variation?.Jitter is { } jitter ? Text($"; jitter {jitter:0.#}") : "")
                + (flow.Reverse is { } reverse ? $"; other direction: flow {reverse}" : ""));
        }
    }

    /// <summary>Counts that are mostly 0.</summary>
    private static (string Name, long Value)[] Rare(FlowResult flow) =>
    [
        ("undecided", flow.Undecided), ("negative", flow.Negative), ("implausible", flow.Implausible), ("duplicated before", flow.DuplicatedBefore),
        ("recurred", flow.Recurred), ("duplicated after", flow.DuplicatedAfter),
    ];

    private static string Percentiles(ValueSummary? summary) => summary is null
        ? "none"
        : Text($"min {summary.Min}, mean {WithoutSign(summary.Mean):0.#}, ") + string.Join(
            ", ", summary.Percentiles.Select(percentile => Text($"p{percentile.Percentile:0.#######} {percentile.Value}"))) + $", max {summary.Max}";

    private static void Row(TextWriter output, string name, string value) => output.WriteLine($"{name,-18} {value}");

    private static string Packets(long count) => count == 1 ? "1 packet" : $"{count} packets";

    /// <summary>What rounds to 0 is 0, and not -0.</summary>
    private static double WithoutSign(double value) => Math.Abs(value) < 0.05 ? 0 : value;

    private static string Count(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "unknown";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>What became of the packets.</summary>
internal static class PacketSections
{
    public static IEnumerable<Section> Of(IReadOnlyList<AnalysisResult> results)
    {
        yield return new Section("packets", "Packets", page => WriteCounters(page, results));
        yield return new Section("loss", "Loss, copies and order", page =>
        {
            WriteLoss(page, results);
            WriteOrder(page, results);
        });
        if (results.Any(result => result.Flows.Count > 0))
        {
            yield return new Section("flows", "Flows", page => WriteFlows(page, results));
        }
    }

    private static void WriteCounters(HtmlWriter page, IReadOnlyList<AnalysisResult> results) => new ResultTable(results)
        .Row("Captured before the device", result => Cell.Count(result.Counters.Before))
        .Row("Captured after the device", result => Cell.Count(result.Counters.After))
        .Row("Left out as warm-up, before", result => Cell.Count(result.Counters.WarmUpBefore))
        .Row("Left out as warm-up, after", result => Cell.Count(result.Counters.WarmUpAfter))
        .Row("Matched", result => Cell.Count(result.Counters.Matched), "arrived within the window")
        .Row("Lost", result => Cell.Count(result.Counters.Lost), "no arrival within the window")
        .Row("Undecided", result => Cell.Count(result.Counters.Undecided), "departed less than one window before the end, no arrival")
        .Row("Negative latency", result => Cell.Count(result.Counters.Negative), "arrival stamped before departure")
        .Row("Implausible stamps", result => Cell.Count(result.Counters.Implausible), "they contradict the order of the packets around them")
        .Row("Reordered, of the matched", result => Cell.Count(result.Counters.Reordered), "RFC 4737")
        .Row("Copies before", result => Cell.Count(result.Counters.DuplicatedBefore))
        .Row("Copies after", result => Cell.Count(result.Counters.DuplicatedAfter), "RFC 5560")
        .Row("Identities that came back", result => Cell.Count(result.Counters.Recurred))
        .Row("Arrived without a departure at the start", result => Cell.Count(result.Counters.ArrivedBeforeStart))
        .Row("Arrived without a departure", result => Cell.Count(result.Counters.UnmatchedAfter))
        .Row("Without an identity, before", result => Cell.Count(result.Counters.UnparsableBefore))
        .Row("Without an identity, after", result => Cell.Count(result.Counters.UnparsableAfter))
        .Row("Missed by the captures themselves", result => Cell.Count(result.Counters.CaptureDrops), "not in the sums")
        .Write(page, "What became of every packet of both captures");

    private static void WriteLoss(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        new ResultTable(results)
            .Row("Loss ratio", result => Cell.Share(result.Loss?.Ratio), "RFC 7680; Tmax is the window")
            .Row("Bursts", result => Cell.Count(result.Loss?.Bursts), "loss periods of RFC 3357")
            .Row("Longest burst, packets", result => Cell.Count(result.Loss?.LongestBurst))
            .Row("Further arrivals of those that arrived", result => Cell.Share(result.Duplication?.Fraction), "duplication fraction of RFC 5560")
            .Row("Packets with more than one arrival", result => Cell.Share(result.Duplication?.ReplicatedRate), "replicated rate of RFC 5560")
            .Write(page, "Loss and duplication");
        Lengths(page, results, "Bursts of lost packets by length", "{0} packets", result => result.Loss?.BurstLengths);
        Lengths(page, results, "Distance from one loss to the next", "{0} packets", result => result.Loss?.Distances);
    }

    private static void WriteOrder(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        new ResultTable(results)
            .Row("Reordered of those that arrived", result => Cell.Share(result.Reordering?.Ratio))
            .Row("Mean extent, packets", result => AtLeast(Cell.Number(result.Reordering?.MeanExtent), result))
            .Row("Greatest extent, packets", result => AtLeast(Cell.Count(result.Reordering?.MaxExtent), result))
            .Row("Greatest late-time offset", result => AtLeast(Cell.Latency(result.Reordering?.MaxLateTimeNs), result))
            .Write(page, "Reordering (RFC 4737), by flow and then summed");
        Lengths(page, results, "n-reordering: packets that n packets overtook", "n = {0}", result => result.Reordering?.NReordering);
    }

    /// <summary>Where packets were overtaken longer ago than was remembered.</summary>
    private static Cell AtLeast(Cell cell, AnalysisResult result) =>
        result.Reordering?.BeyondHistory > 0 ? cell with { Text = $"at least {cell.Text}" } : cell;

    private static void Lengths(
        HtmlWriter page, IReadOnlyList<AnalysisResult> results, string caption, string label, Func<AnalysisResult, IReadOnlyList<LengthCount>?> list)
    {
        const int most = 24;
        var lengths = results.SelectMany(result => list(result) ?? []).Select(entry => entry.Length).Distinct().Order().ToList();
        var table = new ResultTable(results);
        foreach (var length in lengths.Take(most))
        {
            table.Row(label.Replace("{0}", length < LengthCount.FirstCollected ? Human.Count(length) : $"{Human.Count(length)} or more", StringComparison.Ordinal), result => list(result) is { } counts
                ? Cell.Count(counts.Where(entry => entry.Length == length).Sum(entry => entry.Count))
                : Cell.None);
        }

        table.Write(page, lengths.Count > most ? $"{caption} (the first {most} of {lengths.Count})" : caption);
    }

    private static void WriteFlows(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        const int most = 200;
        foreach (var result in results.Where(result => result.Flows.Count > 0))
        {
            ListTable.Write(
                page,
                result.Flows.Count > most ? $"Flows of {result.Name}, the first {most} of {Human.Count(result.Flows.Count)}" : $"Flows of {result.Name}",
                ["Flow", "Sent", "Matched", "Lost", "Longest burst", "Duplicated", "Reordered", "Median", "p99", "p99.9", "Maximum", "Jitter"],
                [.. result.Flows.Take(most).Select(flow => new[]
                {
                    Cell.Words(flow.Name),
                    Cell.Count(flow.Sent),
                    Cell.Count(flow.Matched),
                    Cell.Count(flow.Lost),
                    Cell.Count(flow.Loss?.LongestBurst),
                    Cell.Count(flow.DuplicatedAfter),
                    Cell.Count(flow.Reordered),
                    Percentile(flow, 50),
                    Percentile(flow, 99),
                    Percentile(flow, 99.9),
                    Cell.Latency(flow.LatencyNs?.Max),
                    Cell.Latency(flow.Variation?.Jitter),
                })]);
        }
    }

    private static Cell Percentile(FlowResult flow, double percent) =>
        PercentileCells.Of(PercentileCells.Find(flow.LatencyNs?.Percentiles ?? [], percent)) with { Note = null };
}

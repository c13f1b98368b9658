using Latlab.Measurement.Results;
using Latlab.Reports.Plots;

namespace Latlab.Reports.Html;

/// <summary>How long packets took.</summary>
internal static class LatencySections
{
    public static IEnumerable<Section> Of(IReadOnlyList<AnalysisResult> results, IReadOnlyList<Figure> figures)
    {
        yield return new Section("latency", "Latency", page =>
        {
            Figures(page, figures, "percentiles", "histogram");
            var values = new ResultTable(results)
                .Row("Packets", result => Cell.Count(result.LatencyNs?.Count))
                .Row("Minimum", result => Cell.Latency(result.LatencyNs?.Min))
                .Row("Mean", result => Cell.Latency(result.LatencyNs?.Mean))
                .Row("Standard deviation", result => Cell.Latency(result.LatencyNs?.StandardDeviation));
            AddPercentiles(values, results, result => result.LatencyNs?.Percentiles ?? []);
            values.Row("Maximum", result => Cell.Latency(result.LatencyNs?.Max));
            if (values.IsEmpty)
            {
                page.Element("p", "No packet was matched, so there is no latency.");
            }

            values.Write(page, "Latency of matched packets, with 95 % confidence intervals");
            var withLoss = new ResultTable(results);
            AddPercentiles(withLoss, results, result => result.LatencyNs?.PercentilesWithLoss ?? []);
            withLoss.Write(page, "Latency when lost packets count as infinitely late (RFC 7679)");
        });
        yield return new Section("variation", "Variation and gaps", page => WriteVariation(page, results));
    }

    /// <summary>Writes those of the figures that there are.</summary>
    public static void Figures(HtmlWriter page, IReadOnlyList<Figure> figures, params ReadOnlySpan<string> ids)
    {
        foreach (var id in ids)
        {
            if (figures.FirstOrDefault(figure => figure.Id == id) is { } figure)
            {
                FigureBlock.Write(page, figure);
            }
        }
    }

    private static void WriteVariation(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        var any = false;
        foreach (var (caption, summary) in new (string, Func<AnalysisResult, ValueSummary?>)[]
        {
            ("PDV: latency less the lowest (RFC 5481)", result => result.Variation?.Pdv),
            ("IPDV: latency less that of the packet sent just before (RFC 3393), signed", result => result.Variation?.Ipdv),
            ("Time between packets before the device", result => result.Variation?.GapsBefore),
            ("Time between packets after the device", result => result.Variation?.GapsAfter),
        })
        {
            var table = new ResultTable(results)
                .Row("Values", result => Cell.Count(summary(result)?.Count))
                .Row("Minimum", result => Cell.Latency(summary(result)?.Min))
                .Row("Mean", result => Cell.Latency(summary(result)?.Mean));
            AddPercentiles(table, results, result => summary(result)?.Percentiles ?? []);
            table.Row("Maximum", result => Cell.Latency(summary(result)?.Max));
            any |= !table.IsEmpty;
            table.Write(page, caption);
        }

        var jitter = new ResultTable(results)
            .Row("At the end", result => Cell.Latency(result.Variation?.Jitter))
            .Row("Highest", result => Cell.Latency(result.Variation?.MaxJitter));
        jitter.Write(page, "Interarrival jitter (RFC 3550), of the flow where it is greatest");
        if (!any && jitter.IsEmpty)
        {
            page.Element("p", results.Count > 1 ? "None of the results has these numbers." : "The result does not have these numbers.");
        }
    }

    private static void AddPercentiles(
        ResultTable table, IReadOnlyList<AnalysisResult> results, Func<AnalysisResult, IReadOnlyList<PercentileValue>> list)
    {
        foreach (var percent in PercentileCells.Rows(results.Select(list)))
        {
            table.Row(
                Human.PercentileLabel(percent),
                result => PercentileCells.Of(PercentileCells.Find(list(result), percent)));
        }
    }
}

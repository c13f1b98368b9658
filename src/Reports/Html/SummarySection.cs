using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>Each result in short: whether to believe it first, then its numbers.</summary>
internal static class SummarySection
{
    private static readonly double[] KeyPercentiles = [50, 99, 99.9, 99.99, 99.999, 99.9999];

    public static void Write(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        page.Start("section", ("class", "summaries"), ("aria-label", "Summary"));
        for (var index = 0; index < results.Count; index++)
        {
            var result = results[index];
            page.Start("article", ("class", $"summary colour-{index % Plots.Palette.Colours.Count}")).Element("h2", result.Name);
            WriteVerdict(page, result);
            page.Start("dl");
            WriteCounters(page, result);
            WritePercentiles(page, result);
            page.End();
            page.End();
        }

        page.End();
    }

    private static void WriteVerdict(HtmlWriter page, AnalysisResult result)
    {
        var (style, text) = result.Clock?.Verdict switch
        {
            ClockVerdict.Trustworthy => ("good", "Clock: trustworthy"),
            ClockVerdict.Suspicious => ("doubtful", "Clock: suspicious"),
            ClockVerdict.Unusable => ("bad", "Clock: unusable"),
            _ => ("unknown", "Clock: not examined"),
        };
        page.Start("p", ("class", "badges")).Element("strong", text, ("class", $"badge {style}"));
        if (result.Partial)
        {
            page.Text(" ").Element("strong", "Partial", ("class", "badge doubtful"));
        }

        page.Text(" ").Element("span", $"{result.Timestamps switch
        {
            TimestampSource.Hardware => "Hardware",
            TimestampSource.Software => "Software",
            _ => "Unknown",
        }} timestamps", ("class", "badge unknown")).End();
        if (result.Clock is { Reasons.Count: > 0 } clock)
        {
            page.Start("ul", ("class", "reasons"));
            foreach (var reason in clock.Reasons)
            {
                page.Element("li", reason);
            }

            page.End();
        }
    }

    private static void WriteCounters(HtmlWriter page, AnalysisResult result)
    {
        Item(page, "Before, after", new Cell($"{Human.Count(result.Counters.Before)}, {Human.Count(result.Counters.After)}"));
        Item(page, "Matched", Cell.Count(result.Counters.Matched));
        Item(page, "Lost", Cell.Count(result.Counters.Lost) with { Note = result.Loss is { } loss ? Human.Share(loss.Ratio) : null });
        if (result.Counters.Negative > 0)
        {
            Item(page, "Negative latency", Cell.Count(result.Counters.Negative));
        }

        if (result.Counters.CaptureDrops > 0)
        {
            Item(page, "Missed by the captures", Cell.Count(result.Counters.CaptureDrops));
        }
    }

    private static void WritePercentiles(HtmlWriter page, AnalysisResult result)
    {
        if (result.LatencyNs is not { } latency)
        {
            Item(page, "Latency", new Cell("none: no packet was matched"));
            return;
        }

        foreach (var percent in KeyPercentiles)
        {
            if (PercentileCells.Find(latency.Percentiles, percent) is { } percentile)
            {
                Item(page, Human.PercentileLabel(percent), PercentileCells.Of(percentile));
            }
        }

        Item(page, "Maximum", Cell.Latency(latency.Max));
    }

    private static void Item(HtmlWriter page, string name, Cell cell)
    {
        page.Element("dt", name).Start("dd", ("title", cell.Title), ("class", cell.Weak ? "weak" : null)).Text(cell.Text);
        if (cell.Note is { } note)
        {
            page.Text(" ").Element("small", note);
        }

        page.End();
    }
}

using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>Where the numbers come from, and how far to believe them.</summary>
internal static class OriginSections
{
    public static IEnumerable<Section> Of(IReadOnlyList<AnalysisResult> results)
    {
        yield return new Section("clock", "Clocks", page => WriteClock(page, results));
        yield return new Section("captures", "Captures", page => WriteCaptures(page, results));
        yield return new Section("environment", "Environment and parameters", page => WriteEnvironment(page, results));
        yield return new Section("notes", "Notes", page => WriteNotes(page, results));
    }

    private static void WriteClock(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        var table = new ResultTable(results)
            .Row("Verdict", result => Cell.Words(result.Clock?.Verdict.ToString().ToLowerInvariant()))
            .Row("Lowest latency, negative ones included", result => Cell.Latency(result.Clock?.OffsetNs))
            .Row("Whole seconds apart", result => Cell.Count(result.Clock?.WholeSeconds), "37 is TAI against UTC")
            .Row("Drift per second", result => Cell.Duration(result.Clock?.DriftNsPerSecond), "what the later clock gains each second")
            .Row("Changes of the lowest latency that stayed", result => Cell.Count(result.Clock?.Jumps.Count))
            .Row("Stamps that went back, before", result => Cell.Count(result.Clock?.StepsBackBefore))
            .Row("Stamps that went back, after", result => Cell.Count(result.Clock?.StepsBackAfter))
            .Row("Repeated stamps, before", result => Cell.Count(result.Clock?.RepeatedBefore))
            .Row("Repeated stamps, after", result => Cell.Count(result.Clock?.RepeatedAfter))
            .Row("Packets without a stamp", result => Cell.Count(result.Clock?.Missing))
            .Row("Granularity, before", result => Granularity(result.Clock?.GranularityBeforeNs))
            .Row("Granularity, after", result => Granularity(result.Clock?.GranularityAfterNs))
            .Row("Negative latencies", result => Cell.Count(result.Clock?.Negative))
            .Row("Implausible stamps", result => Cell.Count(result.Clock?.Implausible));
        if (table.IsEmpty)
        {
            page.Element("p", "The clocks were not examined: whether latencies can be believed is not known.");
        }

        table.Write(page, "The clocks’ health, to be read before any latency");
        foreach (var result in results.Where(result => result.Clock is { Jumps.Count: > 0 }))
        {
            var start = Plots.TimeFigures.StartNs(result);
            ListTable.Write(
                page,
                $"Changes of the lowest latency of {result.Name}",
                ["After the start", "When", "By", "How"],
                [.. result.Clock!.Jumps.Take(20).Select(jump => new[]
                {
                    Cell.Duration(jump.TimeNs - start), Cell.Words(Human.Instant(jump.TimeNs)), Cell.Latency(jump.StepNs),
                    Cell.Words(jump.Sudden ? "at once, as when a clock is set" : "over several packets, as a queue builds up"),
                })]);
        }
    }

    /// <summary>0 is that there were too few stamps to tell.</summary>
    private static Cell Granularity(long? ns) => ns is null or 0 ? Cell.None : Cell.Duration(ns);

    private static void WriteCaptures(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        var captures = results
            .SelectMany(result => new[] { (result.Name, Side: "before", Capture: result.Before), (result.Name, Side: "after", Capture: result.After) })
            .Where(entry => entry.Capture is not null)
            .ToList();
        if (captures.Count == 0)
        {
            page.Element("p", "The captures are not known.");
        }

        ListTable.Write(
            page,
            "Capture files and devices",
            ["Result", "Side", "Name", "Format", "Resolution", "Packets", "First stamp", "Last stamp", "Problems"],
            [.. captures.Select(entry => new[]
            {
                Cell.Words(entry.Name),
                Cell.Words(entry.Side),
                Cell.Words(entry.Capture!.Name),
                Cell.Words(entry.Capture.Format),
                Granularity(entry.Capture.ResolutionNs),
                Cell.Count(entry.Capture.Packets),
                Cell.Words(entry.Capture.FirstNs is { } first ? Human.Instant(first) : null),
                Cell.Words(entry.Capture.LastNs is { } last ? Human.Instant(last) : null),
                Cell.Count(entry.Capture.ProblemCount),
            })]);
        ListTable.Write(
            page,
            "What was wrong in them",
            ["Capture", "Byte", "Problem"],
            [.. captures.SelectMany(entry => entry.Capture!.Problems.Select(problem => new[]
            {
                Cell.Words(entry.Capture.Name), Cell.Count(problem.Offset), Cell.Words(problem.Message),
            }))]);
    }

    private static void WriteEnvironment(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        var environment = new ResultTable(results)
            .Row("Made by", result => Cell.Words(result.MadeBy))
            .Row("Timestamps", result => Cell.Words(result.Timestamps.ToString().ToLowerInvariant()));
        foreach (var key in results.SelectMany(result => result.Environment.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            environment.Row(key, result => Cell.Words(result.Environment.GetValueOrDefault(key)));
        }

        environment.Write(page, "What measured what");
        new ResultTable(results)
            .Row("Identity", result => Cell.Words(result.Identity?.Preset))
            .Row("Why this identity", result => Cell.Words(result.Identity is { Automatic: true } identity ? identity.Reason : null))
            .Row("Bytes of a packet that it covers at most", result => result.Identity?.Depth is > 0 and var depth ? Cell.Count(depth) : Cell.None)
            .Row("Window (Tmax)", result => result.Parameters.WindowNs > 0 ? Cell.Duration(result.Parameters.WindowNs) : Cell.None)
            .Row("Warm-up left out", result => Cell.Duration(result.Parameters.WarmUpNs))
            .Row("Taken off the later clock", result => Cell.Duration(result.Parameters.ClockOffsetNs))
            .Row("Interval of the course over time", result => result.Parameters.IntervalNs > 0 ? Cell.Duration(result.Parameters.IntervalNs) : Cell.None)
            .Write(page, "What was asked for");
    }

    private static void WriteNotes(HtmlWriter page, IReadOnlyList<AnalysisResult> results)
    {
        page.Start("ul");
        foreach (var result in results)
        {
            var before = results.Count > 1 ? $"{result.Name}: " : "";
            foreach (var note in result.Notes)
            {
                page.Element("li", $"{before}{note}.");
            }

            if (Absences.Of(result) is { Count: > 0 } absent)
            {
                page.Element("li", $"{before}this result does not have {string.Join(", ", absent)}. What is not there is not zero.");
            }
        }

        page.Element("li", "Consecutive packets are not independent: one stall makes many slow. The true confidence intervals of high percentiles are then wider.");
        page.End();
    }
}

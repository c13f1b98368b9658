using Latlab.Measurement.Results;
using Latlab.Reports.Plots;

namespace Latlab.Reports.Html;

/// <summary>When packets were slow or lost.</summary>
internal static class TimeSections
{
    private const int MostEpisodes = 20;
    private const int MostPackets = 10;

    public static IEnumerable<Section> Of(IReadOnlyList<AnalysisResult> results, IReadOnlyList<Figure> figures)
    {
        yield return new Section("worst", "Slowest packets and stalls", page =>
        {
            LatencySections.Figures(page, figures, "worst");
            foreach (var result in results)
            {
                if (WorstFigure.Period(result) is { } period)
                {
                    page.Element("p", results.Count > 1 ? $"{result.Name}: {period}" : period, ("class", "finding"));
                }
            }

            foreach (var result in results)
            {
                WriteEpisodes(page, result);
                WritePackets(page, result);
            }

            if (results.All(result => result.Worst.Count == 0 && result.Episodes.Count == 0))
            {
                page.Element("p", results.Count > 1 ? "None of the results has a list of slow packets." : "The result has no list of slow packets.");
            }
        });
        yield return new Section("time", "Latency, rate and loss over time", page =>
        {
            LatencySections.Figures(
                page, figures, "latency-over-time", "p50-over-time", "p99-over-time", "max-over-time", "loss-over-time", "rate-over-time");
            if (results.All(result => result.TimeSeries is null))
            {
                page.Element("p", results.Count > 1 ? "None of the results has a course over time." : "The result has no course over time.");
            }
        });
    }

    private static void WriteEpisodes(HtmlWriter page, AnalysisResult result)
    {
        var start = TimeFigures.StartNs(result);
        var stalls = WorstFigure.Stalls(result).ToList();
        var highest = stalls.OrderByDescending(episode => episode.PeakNs).Take(MostEpisodes).OrderBy(episode => episode.StartNs).ToList();
        var shown = highest.Count < stalls.Count ? $"the {highest.Count} highest of {Human.Count(stalls.Count)}" : "in the order of time";
        ListTable.Write(
            page,
            $"Stall episodes of {result.Name} with two slow packets or more, {shown}",
            ["Start", "Length", "Peak", "Packets of the list"],
            [.. highest.Select(episode => new[]
            {
                new Cell(Human.Duration(episode.StartNs - start), Human.Instant(episode.StartNs)),
                Cell.Duration(episode.LengthNs),
                Cell.Latency(episode.PeakNs),
                Cell.Count(episode.Packets),
            })]);
    }

    private static void WritePackets(HtmlWriter page, AnalysisResult result)
    {
        var start = TimeFigures.StartNs(result);
        var slowest = result.Worst.OrderByDescending(packet => packet.LatencyNs).Take(MostPackets).ToList();
        var shown = slowest.Count < result.Worst.Count ? $"the first {slowest.Count} of {Human.Count(result.Worst.Count)}" : "slowest first";
        ListTable.Write(
            page,
            $"Slowest packets of {result.Name}, {shown}",
            ["Latency", "Departure after the start", "Departure", "Flow"],
            [.. slowest.Select(packet => new[]
            {
                Cell.Latency(packet.LatencyNs),
                Cell.Duration(packet.SentNs - start),
                Cell.Words(Human.Instant(packet.SentNs)),
                Cell.Words(result.WorstFlows.TryGetValue(packet.Flow, out var name) ? name : Human.Count(packet.Flow)),
            })]);
    }
}

using System.Globalization;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>The slowest packets over time, with stall episodes marked.</summary>
internal static class WorstFigure
{
    /// <summary>More marks than this hide each other, and the packets.</summary>
    private const int MostMarks = 40;

    /// <summary>Null when no result has a list of worst packets.</summary>
    public static Figure? Of(IReadOnlyList<AnalysisResult> results)
    {
        var known = results.Index().Where(entry => entry.Item.Worst.Count > 0).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var series = known.SelectMany(entry => Series(entry.Index, entry.Item)).ToList();
        var periods = known.Select(entry => (entry.Item.Name, Text: Period(entry.Item))).Where(entry => entry.Text is not null);
        return new Figure(
            "worst",
            "Slowest packets over time",
            string.Join(' ', [
                $"Each point is one of the slowest packets, at its departure. Triangles mark the peaks of stall episodes, at most the {MostMarks} highest; zoom in to see their lengths shaded.",
                .. periods.Select(entry => results.Count > 1 ? $"{entry.Name}: {entry.Text}" : entry.Text),
            ]),
            new FigureAxis("Departure (s since the start)", AxisScale.Linear),
            new FigureAxis("Latency (µs)", AxisScale.Linear),
            series)
        {
            Spans = [.. known.SelectMany(entry => Stalls(entry.Item).Select(episode => Span(entry.Index, entry.Item, episode)))],
        };
    }

    /// <summary>What is known of the period with which episodes recur, as a sentence; null when there is none.</summary>
    public static string? Period(AnalysisResult result) => result.EpisodePeriod is not { } period
        ? null
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Episodes recur every {period.PeriodNs / 1e6:0.###} ms ({period.Share * 100:0} % of them): ")
            + (period.LikelyCause.Length > 0 ? $"likely the {period.LikelyCause}." : "no cause with this period is known.");

    /// <summary>Episodes of more than one packet: one that is slow by itself held up no other.</summary>
    public static IEnumerable<StallEpisode> Stalls(AnalysisResult result) => result.Episodes.Where(episode => episode.Packets > 1);

    private static IEnumerable<FigureSeries> Series(int index, AnalysisResult result)
    {
        var start = TimeFigures.StartNs(result);
        var worst = result.Worst.OrderBy(packet => packet.SentNs).ToList();
        yield return new FigureSeries(
            index,
            result.Name,
            SeriesShape.Points,
            [.. worst.Select(packet => Units.Seconds(packet.SentNs - start))],
            [.. worst.Select(packet => Units.Microseconds(packet.LatencyNs))]);
        var episodes = Stalls(result).OrderByDescending(episode => episode.PeakNs).Take(MostMarks).OrderBy(episode => episode.StartNs).ToList();
        if (episodes.Count > 0)
        {
            yield return new FigureSeries(
                index,
                $"{result.Name}: stall episodes",
                SeriesShape.Marks,
                [.. episodes.Select(episode => Units.Seconds(episode.StartNs - start))],
                [.. episodes.Select(episode => Units.Microseconds(episode.PeakNs))]);
        }
    }

    private static FigureSpan Span(int index, AnalysisResult result, StallEpisode episode)
    {
        var start = TimeFigures.StartNs(result);
        return new FigureSpan(index, Units.Seconds(episode.StartNs - start), Units.Seconds(episode.EndNs - start));
    }
}

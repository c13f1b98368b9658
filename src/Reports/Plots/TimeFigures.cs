using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>The course of latency, rate and loss over time.</summary>
internal static class TimeFigures
{
    private static readonly FigureAxis Time = new("Departure (s since the start)", AxisScale.Linear);

    /// <summary>When a result's time begins: departure 0 of plots.</summary>
    public static long StartNs(AnalysisResult result) =>
        result.TimeSeries?.StartNs
            ?? result.Before?.FirstNs
            ?? result.Worst.Select(packet => packet.SentNs).DefaultIfEmpty().Min();

    /// <summary>Those that any of the results has something for.</summary>
    public static IEnumerable<Figure> Of(IReadOnlyList<AnalysisResult> results)
    {
        var courses = results.Index()
            .Where(entry => entry.Item.TimeSeries is not null)
            .Select(entry => new Course(entry.Index, entry.Item.Name, IntervalReduction.Reduce(entry.Item.TimeSeries!), entry.Item.TimeSeries!))
            .ToList();
        return [.. Latencies(courses), .. Rate(courses), .. Loss(courses)];
    }

    private static IEnumerable<Figure> Latencies(List<Course> courses)
    {
        var statistics = new (string Id, string Name, Func<TimeSeries, IReadOnlyList<long?>> Values)[]
        {
            ("p50", "Median", series => series.P50),
            ("p99", "p99", series => series.P99),
            ("max", "Maximum", series => series.Max),
        };
        var several = courses.Count > 1;
        var lines = statistics.Select((statistic, dash) => courses
            .Where(course => statistic.Values(course.Series).Any(value => value is not null))
            .Select(course => course.Line(several ? course.Name : statistic.Name, statistic.Values(course.Series).Select(Units.Microseconds)) with
            {
                Colour = several ? course.Index : dash,
                Dash = several ? course.Index : dash,
            })
            .ToList()).ToArray();
        if (!several)
        {
            return Latency("latency-over-time", "Latency over time", [.. lines.SelectMany(line => line)]);
        }

        // One plot each: more than one line a result could not be told apart.
        return statistics.Zip(lines).SelectMany(pair => Latency($"{pair.First.Id}-over-time", $"{pair.First.Name} of latency over time", pair.Second));

        IEnumerable<Figure> Latency(string id, string title, List<FigureSeries> series) => series.Count == 0
            ? []
            : [new Figure(id, title, Caption(courses), Time, new FigureAxis("Latency (µs)", FigureAxis.LogIfPositive(series)), series)];
    }

    private static IEnumerable<Figure> Rate(List<Course> courses)
    {
        var series = courses.SelectMany(course => new[]
        {
            course.Line($"{course.Name}: sent", PerSecond(course.Series.Sent, course.Series)) with { Dash = 0 },
            course.Line($"{course.Name}: arrived", PerSecond(course.Series.Arrived, course.Series)) with { Dash = 1 },
        }).Where(line => line.X.Count > 0).ToList();
        return series.Count == 0
            ? []
            : [new Figure("rate-over-time", "Rate over time", Caption(courses), Time, new FigureAxis("Packets/s", AxisScale.Linear) { Min = 0 }, series)];
    }

    private static IEnumerable<Figure> Loss(List<Course> courses)
    {
        var series = courses.Select(course => course.Line(course.Name, course.Series.Lost.Select(lost => (double?)lost)) with { Dash = course.Index })
            .Where(line => line.X.Count > 0).ToList();
        return series.Count == 0
            ? []
            : [new Figure("loss-over-time", "Loss over time", Caption(courses), Time, new FigureAxis("Lost packets per interval", AxisScale.Linear) { Min = 0 }, series)];
    }

    private static IEnumerable<double?> PerSecond(IReadOnlyList<long> counts, TimeSeries series) =>
        counts.Select(count => (double?)(count * 1e9 / series.IntervalNs));

    private static string Caption(List<Course> courses)
    {
        var intervals = courses.Select(course => Human.Duration(course.Series.IntervalNs)).Distinct();
        var reduced = courses.Where(course => course.Series.IntervalNs != course.Whole.IntervalNs).ToList();
        return $"Each point is an interval of {string.Join(", ", intervals)}, by the time of departure."
            + (reduced.Count == 0 ? "" : " Where the result has shorter intervals, counts are summed and a latency is the highest of them.");
    }

    /// <summary>A result's time series as it is drawn.</summary>
    private sealed record Course(int Index, string Name, TimeSeries Series, TimeSeries Whole)
    {
        public FigureSeries Line(string name, IEnumerable<double?> values)
        {
            double?[] y = [.. values];
            return new FigureSeries(
                Index, name, SeriesShape.Line, [.. Enumerable.Range(0, y.Length).Select(interval => Units.Seconds(interval * Series.IntervalNs))], y);
        }
    }
}

using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>Latency by percentile, on HdrHistogram's axis.</summary>
internal static class PercentileFigure
{
    /// <summary>Null when no result has percentiles.</summary>
    public static Figure? Of(IReadOnlyList<AnalysisResult> results)
    {
        var series = results.SelectMany((result, index) => Series(index, result)).ToList();
        return series.Count == 0
            ? null
            : new Figure(
                "percentiles",
                "Latency by percentile",
                "Of all matched packets, which share was at least as fast. Bars are 95 % confidence intervals where the result has them. "
                    + $"Faint: fewer than {PercentileValue.FewestExceedances} packets lie above, so it shows single packets.",
                new FigureAxis("Percentile", AxisScale.Percentile) { Min = 1, Max = 1e6 },
                new FigureAxis("Latency (µs)", FigureAxis.LogIfPositive(series)),
                series);
    }

    private static IEnumerable<FigureSeries> Series(int index, AnalysisResult result)
    {
        var curve = PercentileCurve.Of(result);
        if (curve.Count == 0)
        {
            yield break;
        }

        var strong = curve.TakeWhile(point => !point.Weak).ToList();
        yield return Line(index, result.Name, strong.Count == 0 ? curve : strong) with { Weak = strong.Count == 0 };
        if (strong.Count > 0 && strong.Count < curve.Count)
        {
            yield return Line(index, result.Name, [strong[^1], .. curve.Skip(strong.Count)]) with { Weak = true };
        }

        var bounded = curve.Where(point => point is { Lower: not null, Upper: not null }).ToList();
        if (bounded.Count > 0)
        {
            yield return Line(index, result.Name, bounded) with
            {
                Shape = SeriesShape.Bars,
                Weak = true,
                Low = [.. bounded.Select(point => Units.Microseconds(point.Lower))],
                High = [.. bounded.Select(point => Units.Microseconds(point.Upper))],
            };
        }
    }

    private static FigureSeries Line(int index, string name, IReadOnlyList<PercentileValue> points) => new(
        index,
        name,
        SeriesShape.Line,
        [.. points.Select(point => PercentileCurve.Place(point.Percentile))],
        [.. points.Select(point => Units.Microseconds(point.Value))])
    {
        Dash = index,
    };
}

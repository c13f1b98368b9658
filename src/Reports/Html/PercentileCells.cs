using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>Percentiles in tables.</summary>
internal static class PercentileCells
{
    /// <summary>A list that is longer is shown by its usual percentiles: all of it is in the plot's table.</summary>
    private const int MostShown = 20;

    private static readonly double[] Usual = [0.1, 1, 10, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999];

    /// <summary>One of a list; null when the result does not have it.</summary>
    public static PercentileValue? Find(IReadOnlyList<PercentileValue> percentiles, double percent) =>
        percentiles.FirstOrDefault(one => Math.Abs(one.Percentile - percent) < 1e-8);

    /// <summary>Which percentiles a table of these lists has rows for, in ascending order.</summary>
    public static IReadOnlyList<double> Rows(IEnumerable<IReadOnlyList<PercentileValue>> lists) =>
    [
        .. lists
            .SelectMany(list => list.Select(one => one.Percentile).Where(percent => list.Count <= MostShown || Usual.Any(usual => Math.Abs(usual - percent) < 1e-8)))
            .DistinctBy(percent => Math.Round(percent, 7))
            .Order(),
    ];

    /// <summary>Its value, its confidence interval, and a mark when it describes single packets.</summary>
    public static Cell Of(PercentileValue? percentile)
    {
        if (percentile is null)
        {
            return Cell.None;
        }

        if (percentile.Value is not { } value)
        {
            return new Cell("∞", "the rank falls among lost packets");
        }

        var bounds = percentile is { Lower: null, Upper: null } ? null : $"[{Bound(percentile.Lower)}, {Bound(percentile.Upper)}]".Replace($"{Human.Microseconds}, ", ", ", StringComparison.Ordinal);
        var weak = percentile.Weak ? $"weak: {Human.Count(percentile.Exceedances ?? 0)} above" : null;
        return new Cell(
            Human.Latency(value),
            $"{Human.Nanoseconds(value)}{Bounds(percentile)}{(percentile.Exceedances is { } above ? $"; {Human.Count(above)} packets above" : "")}",
            string.Join(' ', new[] { bounds, weak }.OfType<string>()) is { Length: > 0 } note ? note : null)
        {
            Weak = percentile.Weak,
        };
    }

    private static string Bounds(PercentileValue percentile) => percentile is { Lower: { } lower, Upper: { } upper }
        ? $"; 95 % confidence: {Human.Nanoseconds(lower)} to {Human.Nanoseconds(upper)}"
        : "";

    private static string Bound(long? ns) => ns is { } known ? Human.Latency(known) : Human.Unknown;
}

using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>Percentiles with their confidence, from any sample that can tell the value at a rank.</summary>
public static class PercentileValues
{
    /// <summary>A percentile of a sample of which the highest values may be infinite.</summary>
    /// <param name="percentile">Which.</param>
    /// <param name="count">Number of values, infinite ones included.</param>
    /// <param name="finite">Number of finite values.</param>
    /// <param name="atRank">The finite value at a rank, from 1 to <paramref name="finite"/>.</param>
    public static PercentileValue Of(Percentile percentile, long count, long finite, Func<long, long> atRank)
    {
        var rank = percentile.RankOf(count);
        var (lower, upper) = ConfidenceInterval.RanksOf(percentile, count);
        return new PercentileValue(percentile.Percent, At(rank), At(lower), At(upper), count - rank);

        long? At(long? asked) => asked is { } number && number <= finite ? atRank(number) : null;
    }

    /// <summary>
    /// Percentiles of counted values, and of the same with <paramref name="infinite"/> values more that are higher than all.
    /// </summary>
    public static IReadOnlyList<PercentileValue> Of(LatencyCounts counts, IEnumerable<Percentile> percentiles, long infinite = 0) =>
        [.. percentiles.Select(percentile => Of(percentile, counts.Count + infinite, counts.Count, counts.AtRank))];

    /// <summary>A summary of counted values, each less <paramref name="less"/>; null when there is none.</summary>
    public static ValueSummary? Summarise(LatencyCounts counts, IEnumerable<Percentile> percentiles, long less = 0) =>
        counts.Count == 0
            ? null
            : new ValueSummary(
                counts.Count,
                counts.Min - less,
                counts.ExactMean - less,
                counts.Max - less,
                [.. percentiles.Select(percentile => Of(percentile, counts.Count, counts.Count, rank => counts.AtRank(rank) - less))]);
}

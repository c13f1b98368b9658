using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>Makes a long time series short enough to draw: neighbouring intervals become one.</summary>
internal static class IntervalReduction
{
    /// <summary>Most intervals of a drawn series.</summary>
    public const int MostIntervals = 4000;

    /// <summary>
    /// The series itself when it is short enough; else with intervals put together: counts are summed, and a latency is the highest of its
    /// intervals, as percentiles cannot be put together.
    /// </summary>
    public static TimeSeries Reduce(TimeSeries series)
    {
        var intervals = Math.Max(series.Sent.Count, series.P50.Count);
        var size = (intervals + MostIntervals - 1) / MostIntervals;
        return size <= 1
            ? series
            : series with
            {
                IntervalNs = series.IntervalNs * size,
                Sent = Sum(series.Sent, size),
                Matched = Sum(series.Matched, size),
                Lost = Sum(series.Lost, size),
                Arrived = Sum(series.Arrived, size),
                P50 = Highest(series.P50, size),
                P99 = Highest(series.P99, size),
                Max = Highest(series.Max, size),
            };
    }

    private static long[] Sum(IReadOnlyList<long> values, int size) =>
        [.. values.Chunk(size).Select(chunk => chunk.Sum())];

    private static long?[] Highest(IReadOnlyList<long?> values, int size) => [.. values.Chunk(size).Select(chunk => chunk.Max())];
}

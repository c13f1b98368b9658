using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>How often each latency occurred, in buckets of one width for all results.</summary>
internal static class HistogramFigure
{
    /// <summary>
    /// Width of a bucket as a share of its latency: on a logarithmic axis buckets look alike, and neither the body nor the tail is noise.
    /// </summary>
    private const double RelativeWidth = 0.005;

    /// <summary>Null when no result has a histogram.</summary>
    public static Figure? Of(IReadOnlyList<AnalysisResult> results)
    {
        var known = results.Index().Where(entry => entry.Item.HistogramNs is { Values.Count: > 0 }).ToList();
        if (known.Count == 0)
        {
            return null;
        }

        var unitNs = Unit([.. known.Select(entry => entry.Item)]);
        var series = known.Select(entry => Steps(entry.Index, entry.Item, unitNs)).ToList();
        var unit = Human.Duration(unitNs);
        return new Figure(
            "histogram",
            "Histogram of latency",
            $"Packets per {unit} of latency, as means over buckets of {unit}, or of {RelativeWidth * 100} % of the latency where that is wider. Both axes are logarithmic.",
            new FigureAxis("Latency (µs)", known.All(entry => entry.Item.HistogramNs!.Values[0] > 0) ? AxisScale.Log : AxisScale.Linear),
            new FigureAxis($"Packets per {unit}", AxisScale.Log),
            series);
    }

    /// <summary>
    /// A multiple of each result's own steps (its buckets, or the granularity of its stamps): else buckets would hold one step here and two
    /// there, and the plot would look like a comb.
    /// </summary>
    private static long Unit(List<AnalysisResult> results)
    {
        var step = results.Select(Step).Aggregate(1L, LeastCommonMultiple);
        var wanted = results.Min(result => result.HistogramNs!.Values[0]) * RelativeWidth / step;
        var power = (long)Math.Pow(10, Math.Max(0, Math.Floor(Math.Log10(Math.Max(1, wanted)))));
        var factor = (wanted / power) switch { >= 5 => 5, >= 2 => 2, _ => 1 };
        return step * power * factor;
    }

    private static long Step(AnalysisResult result)
    {
        var granularity = result.Clock is { GranularityBeforeNs: > 1 and var before, GranularityAfterNs: > 1 and var after }
            ? GreatestCommonDivisor(before, after)
            : 1;
        // A granularity of milliseconds is that of sparse packets, not of the clock.
        return Math.Max(result.HistogramNs!.BucketNs, granularity <= 1000 ? granularity : 1);
    }

    /// <summary>The outline of the buckets that are not empty.</summary>
    private static FigureSeries Steps(int index, AnalysisResult result, long unitNs)
    {
        var (x, y) = (new List<double>(), new List<double?>());
        var end = 0L;
        foreach (var (startNs, widthNs, count) in Buckets(result.HistogramNs!, unitNs))
        {
            if (startNs != end)
            {
                Add(null, null);
            }

            end = startNs + widthNs;
            var mean = (double)count * unitNs / widthNs;
            Add(startNs, mean);
            Add(end, mean);
        }

        return new FigureSeries(index, result.Name, SeriesShape.Line, x, y);

        void Add(long? ns, double? count)
        {
            // A logarithmic axis has no place for 0, where the first bucket may start.
            x.Add(ns is { } known ? Math.Max(known, result.HistogramNs!.Values[0]) / 1e3 : x.LastOrDefault());
            y.Add(count);
        }
    }

    private static IEnumerable<(long StartNs, long WidthNs, long Count)> Buckets(HistogramData histogram, long unitNs)
    {
        var (start, width, sum) = (long.MinValue, 0L, 0L);
        foreach (var (value, count) in histogram.Values.Zip(histogram.Counts))
        {
            if (sum > 0 && value < start + width)
            {
                sum += count;
                continue;
            }

            if (sum > 0)
            {
                yield return (start, width, sum);
            }

            start = value / unitNs * unitNs;
            width = Math.Max(1, (long)(value * RelativeWidth / unitNs)) * unitNs;
            sum = count;
        }

        if (sum > 0)
        {
            yield return (start, width, sum);
        }
    }

    private static long LeastCommonMultiple(long one, long other) => one / GreatestCommonDivisor(one, other) * other;

    private static long GreatestCommonDivisor(long one, long other) => other == 0 ? one : GreatestCommonDivisor(other, one % other);
}

using Latlab.Measurement.Results;

namespace Latlab.Reports.Plots;

/// <summary>The percentile curve of a result: from its histogram where it has one, else from the percentiles that it lists.</summary>
internal static class PercentileCurve
{
    /// <summary>A list of at least so many percentiles is a curve by itself.</summary>
    private const int FullList = 50;

    private const int PointsPerDecade = 48;

    /// <summary>To the 99.9999th percentile: 1/(1-p) is 10⁶.</summary>
    private const int Decades = 6;

    /// <summary>Percentiles by nearest rank in ascending order, at most to 99.9999; empty when the result has none.</summary>
    public static IReadOnlyList<PercentileValue> Of(AnalysisResult result)
    {
        var listed = result.LatencyNs?.Percentiles.Where(Plottable).OrderBy(percentile => percentile.Percentile).ToList() ?? [];
        return listed.Count < FullList && result.HistogramNs is { Values.Count: > 0 } histogram ? FromHistogram(histogram, listed) : listed;
    }

    /// <summary>The horizontal place of a percentile: 1/(1-p).</summary>
    public static double Place(double percent) => 100 / (100 - percent);

    private static bool Plottable(PercentileValue percentile) => percentile is { Value: not null, Percentile: >= 0 and < 99.99991 };

    private static List<PercentileValue> FromHistogram(HistogramData histogram, List<PercentileValue> listed)
    {
        var count = histogram.Counts.Sum();
        var curve = new List<PercentileValue>();
        var bucket = 0;
        var cumulated = histogram.Counts[0];
        for (var point = 0; point <= Decades * PointsPerDecade; point++)
        {
            var share = 1 - Math.Pow(10, -(double)point / PointsPerDecade);
            // The rank has no more digits than the share: what a double rounds up by is not a packet.
            var rank = Math.Clamp((long)Math.Ceiling((count * share) - 1e-6), 1, count);
            while (cumulated < rank)
            {
                cumulated += histogram.Counts[++bucket];
            }

            curve.Add(new PercentileValue(share * 100, histogram.Values[bucket], null, null, count - rank));
        }

        // The ones that tables show are in the curve as they are in the tables.
        var apart = curve.Where(point => !listed.Exists(one => Math.Abs(one.Percentile - point.Percentile) < (100 - one.Percentile) * 1e-6));
        return [.. apart.Concat(listed).OrderBy(point => point.Percentile)];
    }
}

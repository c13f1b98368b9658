using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Reports;

/// <summary>A sample that only its histogram is known of: values by rank, to the width of a bucket.</summary>
public sealed class HistogramSample
{
    private readonly HistogramData _histogram;
    private readonly long[] _ends;

    /// <summary>Of a histogram.</summary>
    public HistogramSample(HistogramData histogram)
    {
        _histogram = histogram;
        _ends = new long[histogram.Counts.Count];
        var end = 0L;
        for (var i = 0; i < _ends.Length; i++)
        {
            _ends[i] = end += histogram.Counts[i];
        }
    }

    /// <summary>Number of values.</summary>
    public long Count => _ends.Length == 0 ? 0 : _ends[^1];

    /// <summary>Lower edge in nanoseconds of the bucket of the value at a rank, from 1.</summary>
    public long AtRank(long rank)
    {
        var index = Array.BinarySearch(_ends, rank);
        return _histogram.Values[Math.Min(index < 0 ? ~index : FirstOf(index), _ends.Length - 1)];
    }

    /// <summary>A percentile by nearest rank, with its confidence.</summary>
    public PercentileValue At(Percentile percentile) => Bound(percentile.PartsPerBillion / 1e9, AtRank(percentile.RankOf(Count)));

    /// <summary>A percentile whose value is known, with its confidence: bounds are the outer edges of their buckets.</summary>
    /// <param name="share">From 0 to 1.</param>
    /// <param name="valueNs">Its value.</param>
    public PercentileValue Bound(double share, long valueNs)
    {
        var percentile = new Percentile((long)Math.Round(share * 1e9));
        var (lower, upper) = ConfidenceInterval.RanksOf(percentile, Count);
        return new PercentileValue(
            share * 100,
            valueNs,
            lower is { } low ? Math.Min(valueNs, AtRank(low)) : null,
            upper is { } high ? Math.Max(valueNs, AtRank(high) + _histogram.BucketNs - 1) : null,
            Count - Math.Clamp((long)Math.Ceiling(share * Count), 1, Math.Max(1, Count)));
    }

    private int FirstOf(int index)
    {
        while (index > 0 && _ends[index - 1] == _ends[index])
        {
            index--;
        }

        return index;
    }
}

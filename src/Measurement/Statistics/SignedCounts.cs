using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>How often each value occurred, negative ones too, exact at 1 ns. Not thread-safe.</summary>
public sealed class SignedCounts
{
    private readonly LatencyCounts _negative = new();
    private readonly LatencyCounts _other = new();

    /// <summary>Number of values.</summary>
    public long Count => _negative.Count + _other.Count;

    /// <summary>Adds a value in nanoseconds.</summary>
    public void Add(long valueNs)
    {
        if (valueNs < 0)
        {
            _negative.Add(-valueNs);
        }
        else
        {
            _other.Add(valueNs);
        }
    }

    /// <summary>A summary; null when there is no value.</summary>
    public ValueSummary? Summarise(IEnumerable<Percentile> percentiles)
    {
        if (Count == 0)
        {
            return null;
        }

        var sum = 0.0;
        foreach (var (value, count) in _negative.Values)
        {
            sum -= (double)value * count;
        }

        foreach (var (value, count) in _other.Values)
        {
            sum += (double)value * count;
        }

        return new ValueSummary(
            Count, AtRank(1), sum / Count, AtRank(Count), [.. percentiles.Select(percentile => PercentileValues.Of(percentile, Count, Count, AtRank))]);
    }

    private long AtRank(long rank) =>
        rank <= _negative.Count ? -_negative.AtRank(_negative.Count + 1 - rank) : _other.AtRank(rank - _negative.Count);
}

using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// How often each value occurred, negative ones too: falls by their size, apart from the rest, so that each side has the precision of
/// <see cref="LatencyCounts"/> and no value ever changes its sign. Not thread-safe.
/// </summary>
internal sealed class SignedCounts
{
    private const int AtOnce = 256;

    private readonly LatencyCounts _falls = new();
    private readonly LatencyCounts _rises = new();

    /// <summary>Number of values.</summary>
    public long Count => _falls.Count + _rises.Count;

    /// <summary>
    /// Width in nanoseconds by which values of <see cref="LatencyCounts.Countable"/> and more either way are told apart: 1 unless there are
    /// too many of them. What is coarser is counted at the edge nearer to 0.
    /// </summary>
    public long ResolutionBeyondNs => Math.Max(_falls.ResolutionBeyondNs, _rises.ResolutionBeyondNs);

    /// <summary>Adds a value in nanoseconds.</summary>
    public void Add(long valueNs) => (valueNs < 0 ? _falls : _rises).Add(Math.Abs(valueNs));

    /// <summary>Adds the differences of each value from the one before it, in nanoseconds.</summary>
    public void AddDifferences(ReadOnlySpan<long> valuesNs)
    {
        Span<long> differences = stackalloc long[AtOnce];
        while (valuesNs.Length > 1)
        {
            var count = Math.Min(valuesNs.Length - 1, AtOnce);
            Columns.Subtract(valuesNs.Slice(1, count), valuesNs, differences);
            AddEach(differences[..count]);
            valuesNs = valuesNs[count..];
        }
    }

    /// <summary>A summary; null when there is no value.</summary>
    public ValueSummary? Summarise(IEnumerable<Percentile> percentiles) => Count == 0
        ? null
        : new ValueSummary(
            Count,
            _falls.Count > 0 ? -_falls.Max : _rises.Min,
            (double)(_rises.Sum - _falls.Sum) / Count,
            _rises.Count > 0 ? _rises.Max : -_falls.Min,
            [.. percentiles.Select(percentile => PercentileValues.Of(percentile, Count, Count, AtRank))]);

    /// <summary>The value at a rank of the sorted values, from 1: the largest falls come first.</summary>
    private long AtRank(long rank) => rank <= _falls.Count ? -_falls.AtRank(_falls.Count + 1 - rank) : _rises.AtRank(rank - _falls.Count);

    /// <summary>Signs are as good as random: both sides are written to, and one moves on, so that a processor has nothing to guess.</summary>
    private void AddEach(ReadOnlySpan<long> valuesNs)
    {
        Span<long> falls = stackalloc long[AtOnce];
        Span<long> rises = stackalloc long[AtOnce];
        var (fallen, risen) = (0, 0);
        foreach (var valueNs in valuesNs)
        {
            falls[fallen] = -valueNs;
            rises[risen] = valueNs;
            var isFall = (int)(valueNs >>> 63);
            fallen += isFall;
            risen += 1 - isFall;
        }

        _falls.Add(falls[..fallen]);
        _rises.Add(rises[..risen]);
    }
}

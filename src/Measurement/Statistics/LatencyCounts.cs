using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// How often each latency occurred, exact at 1 ns: one count per nanosecond below <see cref="Countable"/>, in pages made when first needed, and one
/// per value that occurred above it. Not thread-safe.
/// </summary>
public sealed class LatencyCounts
{
    /// <summary>
    /// Latencies below this many nanoseconds (16.8 ms) have a count of their own ready; for those above, memory grows with the
    /// number of different values.
    /// </summary>
    public const long Countable = (long)PageCount << PageBits;

    private const int PageBits = 12;
    private const int PageCount = 1 << 12;

    private readonly long[]?[] _pages = new long[]?[PageCount];
    private readonly long[] _pageTotals = new long[PageCount];
    private readonly Dictionary<long, long> _overflow = [];
    private Int128 _sum;

    /// <summary>Number of values.</summary>
    public long Count { get; private set; }

    /// <summary>Lowest value in nanoseconds; <see cref="long.MaxValue"/> when there is none.</summary>
    public long Min { get; private set; } = long.MaxValue;

    /// <summary>Highest value in nanoseconds; <see cref="long.MinValue"/> when there is none.</summary>
    public long Max { get; private set; } = long.MinValue;

    /// <summary>Arithmetic mean in nanoseconds, rounded to the nearest; 0 when there is no value.</summary>
    public long Mean => Count == 0 ? 0 : (long)((_sum + (Count / 2)) / Count);

    /// <summary>Adds a latency.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="latencyNs"/> is negative.</exception>
    public void Add(long latencyNs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(latencyNs);
        if (latencyNs < Countable)
        {
            var page = (int)(latencyNs >> PageBits);
            (_pages[page] ??= new long[1 << PageBits])[latencyNs & ((1 << PageBits) - 1)]++;
            _pageTotals[page]++;
        }
        else
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_overflow, latencyNs, out _)++;
        }

        Count++;
        _sum += latencyNs;
        Min = Math.Min(Min, latencyNs);
        Max = Math.Max(Max, latencyNs);
    }

    /// <summary>The value at <paramref name="percentile"/>, one that was added, in nanoseconds.</summary>
    /// <exception cref="InvalidOperationException">There is no value.</exception>
    public long At(Percentile percentile)
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("no value, so no percentile");
        }

        var left = percentile.RankOf(Count);
        for (var page = 0; page < PageCount; page++)
        {
            if (left > _pageTotals[page])
            {
                left -= _pageTotals[page];
                continue;
            }

            var counts = _pages[page]!;
            var cell = 0;
            while (left > counts[cell])
            {
                left -= counts[cell++];
            }

            return ((long)page << PageBits) + cell;
        }

        // Once for each percentile of a report: not worth keeping them sorted for.
        foreach (var latencyNs in _overflow.Keys.Order())
        {
            left -= _overflow[latencyNs];
            if (left <= 0)
            {
                return latencyNs;
            }
        }

        throw new UnreachableException("fewer latencies were counted than there are");
    }
}

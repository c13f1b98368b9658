using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// How often each value in nanoseconds occurred, exact at 1 ns: one count per nanosecond below <see cref="Countable"/>, in pages made when
/// first needed, and one per value that occurred above it, of which there are at most <see cref="MostBeyond"/>: with more, those above are
/// counted at a coarser <see cref="ResolutionBeyondNs"/>. Adding is one increment; all else is worked out when asked for. Not thread-safe.
/// </summary>
public sealed class LatencyCounts
{
    /// <summary>
    /// Values below this many nanoseconds (16.8 ms) have a count of their own ready; for those above, memory grows with the number of
    /// different values.
    /// </summary>
    public const long Countable = 1L << 24;

    /// <summary>Most different values from <see cref="Countable"/> on that are told apart.</summary>
    public const int MostBeyond = 1 << 20;

    /// <summary>By how much each coarsening is coarser.</summary>
    private const int Coarser = 8;

    private const int PageBits = 10;
    private const int PageLength = 1 << PageBits;
    private const int PageMask = PageLength - 1;

    private readonly Dictionary<long, long> _beyond = [];

    /// <summary><see cref="_beyond"/> in ascending order, while nothing is added to it.</summary>
    private (long Value, long Count)[]? _sortedBeyond;
    private long _maxBeyond = long.MinValue;
    private long[]?[] _pages = new long[]?[64];

    /// <summary>Number of values.</summary>
    public long Count { get; private set; }

    /// <summary>Lowest value in nanoseconds; <see cref="long.MaxValue"/> when there is none.</summary>
    public long Min
    {
        get
        {
            foreach (var (value, _) in Values)
            {
                return value;
            }

            return long.MaxValue;
        }
    }

    /// <summary>Highest value in nanoseconds; <see cref="long.MinValue"/> when there is none.</summary>
    public long Max => Count == 0 ? long.MinValue : Math.Max(_maxBeyond, AtRank(Count));

    /// <summary>
    /// Width in nanoseconds by which values from <see cref="Countable"/> on are told apart: 1 unless there are too many of them. What is
    /// coarser is counted at its lower edge.
    /// </summary>
    public long ResolutionBeyondNs { get; private set; } = 1;

    /// <summary>Arithmetic mean in nanoseconds, rounded to the nearest; 0 when there is no value.</summary>
    public long Mean => Count == 0 ? 0 : (long)((Sum + (Count / 2)) / Count);

    /// <summary>Arithmetic mean in nanoseconds; 0 when there is no value.</summary>
    public double ExactMean => Count == 0 ? 0 : (double)Sum / Count;

    /// <summary>Standard deviation in nanoseconds of the values as a population (divided by their number); 0 when there is none.</summary>
    public double StandardDeviation
    {
        get
        {
            if (Count == 0)
            {
                return 0;
            }

            // About the mean, so that no digits cancel.
            var mean = ExactMean;
            var squares = 0.0;
            foreach (var (value, count) in Values)
            {
                squares += (value - mean) * (value - mean) * count;
            }

            return Math.Sqrt(squares / Count);
        }
    }

    /// <summary>Each value that occurred and how often, in ascending order.</summary>
    public IEnumerable<(long Value, long Count)> Values
    {
        get
        {
            for (var page = 0; page < _pages.Length; page++)
            {
                if (_pages[page] is not { } counts)
                {
                    continue;
                }

                for (var cell = 0; cell < PageLength; cell++)
                {
                    if (counts[cell] != 0)
                    {
                        yield return (((long)page << PageBits) + cell, counts[cell]);
                    }
                }
            }

            foreach (var entry in SortedBeyond)
            {
                yield return entry;
            }
        }
    }

    /// <summary>All values together.</summary>
    internal Int128 Sum
    {
        get
        {
            Int128 sum = 0;
            foreach (var (value, count) in Values)
            {
                sum += (Int128)value * count;
            }

            return sum;
        }
    }

    private (long Value, long Count)[] SortedBeyond => _sortedBeyond ??= [.. _beyond.OrderBy(entry => entry.Key).Select(entry => (entry.Key, entry.Value))];

    /// <summary>Adds a value.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="valueNs"/> is negative.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(long valueNs)
    {
        var pages = _pages;
        var page = (ulong)valueNs >> PageBits;
        if (page < (ulong)pages.Length && pages[page] is { } counts)
        {
            counts[(int)valueNs & PageMask]++;
            Count++;
            return;
        }

        Add(valueNs, 1);
    }

    /// <summary>Adds values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is negative.</exception>
    public void Add(ReadOnlySpan<long> valuesNs)
    {
        var pages = _pages;
        var added = 0L;
        foreach (var valueNs in valuesNs)
        {
            var page = (ulong)valueNs >> PageBits;
            if (page < (ulong)pages.Length && pages[page] is { } counts)
            {
                counts[(int)valueNs & PageMask]++;
                added++;
                continue;
            }

            Add(valueNs, 1);
            pages = _pages;
        }

        Count += added;
    }

    /// <summary>Adds a value that occurred <paramref name="count"/> times.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="valueNs"/> is negative.</exception>
    public void Add(long valueNs, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(valueNs);
        Count += count;
        if (valueNs >= Countable)
        {
            AddBeyond(valueNs, count);
            return;
        }

        Page((int)(valueNs >> PageBits))[valueNs & PageMask] += count;
    }

    /// <summary>Adds all values of <paramref name="other"/>, which are told apart no better than they were there.</summary>
    public void Add(LatencyCounts other)
    {
        if (other.ResolutionBeyondNs > ResolutionBeyondNs)
        {
            Coarsen(other.ResolutionBeyondNs);
        }

        for (var page = 0; page < other._pages.Length; page++)
        {
            if (other._pages[page] is { } from)
            {
                var to = Page(page);
                for (var cell = 0; cell < PageLength; cell++)
                {
                    to[cell] += from[cell];
                }
            }
        }

        foreach (var (value, count) in other._beyond)
        {
            AddBeyond(value, count);
        }

        _maxBeyond = Math.Max(_maxBeyond, other._maxBeyond);
        Count += other.Count;
    }

    /// <summary>Forgets all values, and how coarse they were, and keeps the pages for the next.</summary>
    public void Clear()
    {
        foreach (var page in _pages)
        {
            page.AsSpan().Clear();
        }

        _beyond.Clear();
        _sortedBeyond = null;
        _maxBeyond = long.MinValue;
        ResolutionBeyondNs = 1;
        Count = 0;
    }

    /// <summary>The value at <paramref name="percentile"/>, one that was added, in nanoseconds.</summary>
    /// <exception cref="InvalidOperationException">There is no value.</exception>
    public long At(Percentile percentile) =>
        Count > 0 ? AtRank(percentile.RankOf(Count)) : throw new InvalidOperationException("no value, so no percentile");

    /// <summary>The value at a rank of the sorted values, from 1 to <see cref="Count"/>, in nanoseconds.</summary>
    public long AtRank(long rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Count);
        var left = rank;
        for (var page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] is not { } counts)
            {
                continue;
            }

            var total = TotalOf(counts);
            if (left > total)
            {
                left -= total;
                continue;
            }

            var cell = 0;
            while (left > counts[cell])
            {
                left -= counts[cell++];
            }

            return ((long)page << PageBits) + cell;
        }

        foreach (var (value, count) in SortedBeyond)
        {
            left -= count;
            if (left <= 0)
            {
                return value;
            }
        }

        throw new System.Diagnostics.UnreachableException("fewer values were counted than there are");
    }

    /// <summary>All values as columns, in buckets of <paramref name="bucketNs"/> nanoseconds.</summary>
    public HistogramData ToHistogram(long bucketNs = 1)
    {
        var values = new List<long>();
        var counts = new List<long>();
        foreach (var (value, count) in Values)
        {
            var bucket = value - (value % bucketNs);
            if (values.Count == 0 || values[^1] != bucket)
            {
                values.Add(bucket);
                counts.Add(0);
            }

            counts[^1] += count;
        }

        // What was counted at its lower edge may belong to a bucket above.
        return new HistogramData(values, counts, bucketNs + ResolutionBeyondNs - 1);
    }

    private void AddBeyond(long valueNs, long count)
    {
        _maxBeyond = Math.Max(_maxBeyond, valueNs);
        _sortedBeyond = null;
        CollectionsMarshal.GetValueRefOrAddDefault(_beyond, valueNs - (valueNs % ResolutionBeyondNs), out _) += count;
        if (_beyond.Count > MostBeyond)
        {
            Coarsen(ResolutionBeyondNs * Coarser);
        }
    }

    private void Coarsen(long resolutionNs)
    {
        var finer = _beyond.ToArray();
        _beyond.Clear();
        _sortedBeyond = null;
        ResolutionBeyondNs = resolutionNs;
        foreach (var (value, count) in finer)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_beyond, value - (value % ResolutionBeyondNs), out _) += count;
        }
    }

    private static long TotalOf(long[] counts)
    {
        var sums = Vector<long>.Zero;
        foreach (var vector in MemoryMarshal.Cast<long, Vector<long>>(counts))
        {
            sums += vector;
        }

        return Vector.Sum(sums);
    }

    private long[] Page(int page)
    {
        if (page >= _pages.Length)
        {
            Array.Resize(ref _pages, (int)BitOperations.RoundUpToPowerOf2((uint)page + 1));
        }

        return _pages[page] ??= new long[PageLength];
    }
}

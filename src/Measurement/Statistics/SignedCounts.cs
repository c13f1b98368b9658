using System.Numerics;
using System.Runtime.InteropServices;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// How often each value occurred, negative ones too, exact at 1 ns up to 8.4 ms either way. Signs alternate (0, -1, 1, -2, 2, …), so that
/// adding has no branch for a processor to guess. Not thread-safe.
/// </summary>
internal sealed class SignedCounts
{
    private const int AtOnce = 256;

    private readonly LatencyCounts _counts = new();

    /// <summary>Number of values.</summary>
    public long Count => _counts.Count;

    /// <summary>Adds a value in nanoseconds.</summary>
    public void Add(long valueNs) => _counts.Add(Unsigned(valueNs));

    /// <summary>Adds the differences of each value from the one before it, in nanoseconds.</summary>
    public void AddDifferences(ReadOnlySpan<long> valuesNs)
    {
        Span<long> differences = stackalloc long[AtOnce];
        while (valuesNs.Length > 1)
        {
            var count = Math.Min(valuesNs.Length - 1, AtOnce);
            Columns.Subtract(valuesNs.Slice(1, count), valuesNs, differences);
            MakeUnsigned(differences[..count]);
            _counts.Add(differences[..count]);
            valuesNs = valuesNs[count..];
        }
    }

    /// <summary>A summary; null when there is no value.</summary>
    public ValueSummary? Summarise(IEnumerable<Percentile> percentiles)
    {
        if (Count == 0)
        {
            return null;
        }

        var sorted = _counts.Values.Select(entry => (Value: (entry.Value >> 1) ^ -(entry.Value & 1), entry.Count)).OrderBy(entry => entry.Value).ToArray();
        var ends = new long[sorted.Length];
        var sum = 0.0;
        var end = 0L;
        for (var i = 0; i < sorted.Length; i++)
        {
            sum += (double)sorted[i].Value * sorted[i].Count;
            ends[i] = end += sorted[i].Count;
        }

        return new ValueSummary(
            Count, AtRank(1), sum / Count, AtRank(Count), [.. percentiles.Select(percentile => PercentileValues.Of(percentile, Count, Count, AtRank))]);

        long AtRank(long rank)
        {
            var index = Array.BinarySearch(ends, rank);
            return sorted[index < 0 ? ~index : index].Value;
        }
    }

    private static void MakeUnsigned(Span<long> valuesNs)
    {
        var vectors = MemoryMarshal.Cast<long, Vector<long>>(valuesNs);
        foreach (ref var vector in vectors)
        {
            // The comparison is -1 where a value is negative, as is the shift below.
            vector = (vector + vector) ^ Vector.LessThan(vector, Vector<long>.Zero);
        }

        foreach (ref var value in valuesNs[(vectors.Length * Vector<long>.Count)..])
        {
            value = Unsigned(value);
        }
    }

    private static long Unsigned(long valueNs) => (valueNs << 1) ^ (valueNs >> 63);
}

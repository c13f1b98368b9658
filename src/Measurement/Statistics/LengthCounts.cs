using System.Numerics;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>How often each length, of at least 1, occurred; lengths from 1024 on are collected by powers of two.</summary>
internal sealed class LengthCounts
{
    private const int ExactBits = 10;
    private const int Exact = 1 << ExactBits;

    /// <summary>By length below <see cref="Exact"/>, and after them by exponent.</summary>
    private readonly long[] _counts = new long[Exact + 64 - ExactBits];

    public long Total { get; private set; }

    public void Add(long length, long count)
    {
        var slot = length < Exact ? (int)length : Exact + BitOperations.Log2((ulong)length) - ExactBits;
        _counts[slot] += count;
        Total += count;
    }

    /// <summary>Those that occurred, by length; of what is collected, the lowest length.</summary>
    public IReadOnlyList<LengthCount> Result() =>
        [.. _counts.Index()
            .Where(slot => slot.Item > 0)
            .Select(slot => new LengthCount(slot.Index < Exact ? slot.Index : 1L << (slot.Index - Exact + ExactBits), slot.Item))];
}

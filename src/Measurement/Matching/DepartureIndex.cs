using System.Numerics;
using System.Runtime.Intrinsics.X86;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Finds departures by identity. Made only as far as somebody asks: a device that keeps the order never needs it. Hash chains through the
/// log: an entry is never removed, a chain ends where the log has forgotten.
/// </summary>
internal sealed class DepartureIndex(DepartureLog log)
{
    /// <summary>Departures a bucket, at most: far more are put into the index than looked for, and what is smaller is nearer in the caches.</summary>
    private const int MostPerBucket = 2;

    /// <summary>Low 32 bits of the position of the last departure of each bucket.</summary>
    private uint[] _heads = new uint[1 << 12];

    /// <summary>Departures before this position are in the index.</summary>
    private long _indexed;

    /// <summary>The last departure of the identity before position <paramref name="end"/>; -1 when the log has none.</summary>
    public long FindLast(ulong key, uint check, long end)
    {
        IndexAll();
        var position = Follow(FullPosition(_heads[BucketOf(key, check)], log.Head), key, check);
        while (position >= end)
        {
            position = FindBefore(position);
        }

        return position;
    }

    /// <summary>The last departure of the same identity before the one at <paramref name="position"/>; -1 when the log has none.</summary>
    public long FindBefore(long position)
    {
        IndexAll();
        var (block, slot) = log.At(position);
        return Follow(FullPosition(block.Chain[slot], position), block.Keys[slot], block.Checks[slot]);
    }

    /// <summary>The first of the identity in the chain that goes through a position.</summary>
    private long Follow(long position, ulong key, uint check)
    {
        while (position >= log.Tail)
        {
            var (block, slot) = log.At(position);
            if (block.Keys[slot] == key && block.Checks[slot] == check)
            {
                return position;
            }

            position = FullPosition(block.Chain[slot], position);
        }

        return -1;
    }

    /// <summary>The position with these low bits that comes before <paramref name="end"/>: chains lead back only, so they end.</summary>
    private static long FullPosition(uint low, long end) => end - 1 - (uint)((uint)(end - 1) - low);

    private void IndexAll()
    {
        if (_indexed == log.Head)
        {
            return;
        }

        var kept = log.Head - log.Tail;
        if (kept > MostPerBucket * _heads.Length)
        {
            _heads = LargeMemory.Zeros((int)BitOperations.RoundUpToPowerOf2((uint)kept) / MostPerBucket);
            _indexed = log.Tail;
        }

        _indexed = Math.Max(_indexed, log.Tail);
        while (_indexed < log.Head)
        {
            var (block, slot) = log.At(_indexed);
            var count = (int)Math.Min(log.Head - _indexed, DepartureBlock.Length - slot);
            Index(block.Keys.Slice(slot, count), block.Checks.Slice(slot, count), block.Chain.Slice(slot, count));
            _indexed += count;
        }
    }

    /// <summary>Each bucket lies elsewhere in memory: those of the next departures are asked for while this one's is awaited.</summary>
    private unsafe void Index(ReadOnlySpan<ulong> keys, ReadOnlySpan<uint> checks, Span<uint> chain)
    {
        const int ahead = 16;
        fixed (uint* heads = _heads)
        {
            for (var i = 0; i < keys.Length; i++)
            {
                if (Sse.IsSupported && i + ahead < keys.Length)
                {
                    Sse.Prefetch0(heads + BucketOf(keys[i + ahead], checks[i + ahead]));
                }

                ref var head = ref heads[BucketOf(keys[i], checks[i])];
                chain[i] = head;
                head = (uint)(_indexed + i);
            }
        }
    }

    private int BucketOf(ulong key, uint check)
    {
        var hash = (key ^ ((ulong)check << 32)) * 0x9E3779B97F4A7C15;
        return (int)(hash >> (64 - BitOperations.Log2((uint)_heads.Length)));
    }
}

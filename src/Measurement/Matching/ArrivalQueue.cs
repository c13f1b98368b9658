using System.Numerics;

namespace Latlab.Measurement.Matching;

/// <summary>Arrivals that wait for departures to catch up, in a ring of columns.</summary>
internal sealed class ArrivalQueue : Turns.IReceiver
{
    private long[] _turns = new long[1024];
    private long[] _times = new long[1024];
    private ulong[] _keys = new ulong[1024];
    private uint[] _checks = new uint[1024];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The first arrivals that lie in one piece.</summary>
    public ArrivalBatch Arrivals
    {
        get
        {
            var count = Math.Min(Count, _turns.Length - _head);
            return new ArrivalBatch
            {
                TurnsNs = _turns.AsSpan(_head, count),
                TimesNs = _times.AsSpan(_head, count),
                Keys = _keys.AsSpan(_head, count),
                Checks = _checks.AsSpan(_head, count),
            };
        }
    }

    public void Add(in PacketBatch packets, ReadOnlySpan<long> turns)
    {
        if (Count + turns.Length > _turns.Length)
        {
            Grow(Count + turns.Length);
        }

        Append(turns, _turns);
        Append(packets.TimesNs, _times);
        Append(packets.Keys, _keys);
        Append(packets.Checks, _checks);
        Count += turns.Length;
    }

    public void Remove(int count)
    {
        Count -= count;
        // From the start again when it is empty: what is written next is in the cache.
        _head = Count == 0 ? 0 : (_head + count) & (_turns.Length - 1);
    }

    private void Append<T>(ReadOnlySpan<T> values, T[] ring)
    {
        var tail = (_head + Count) & (ring.Length - 1);
        var untilEnd = Math.Min(values.Length, ring.Length - tail);
        values[..untilEnd].CopyTo(ring.AsSpan(tail));
        values[untilEnd..].CopyTo(ring);
    }

    private void Grow(int atLeast)
    {
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)atLeast);
        _turns = Grown(_turns, length);
        _times = Grown(_times, length);
        _keys = Grown(_keys, length);
        _checks = Grown(_checks, length);
        _head = 0;
    }

    private T[] Grown<T>(T[] ring, int length)
    {
        var larger = new T[length];
        var untilEnd = Math.Min(Count, ring.Length - _head);
        ring.AsSpan(_head, untilEnd).CopyTo(larger);
        ring.AsSpan(0, Count - untilEnd).CopyTo(larger.AsSpan(untilEnd));
        return larger;
    }
}

/// <summary>Arrivals in the order of their turns, as columns of one length.</summary>
internal readonly ref struct ArrivalBatch
{
    public required ReadOnlySpan<long> TurnsNs { get; init; }

    public required ReadOnlySpan<long> TimesNs { get; init; }

    public required ReadOnlySpan<ulong> Keys { get; init; }

    public required ReadOnlySpan<uint> Checks { get; init; }

    public int Count => TurnsNs.Length;

    /// <summary>One of them, without what nobody asks of an arrival: flow and length are those of its departure.</summary>
    public PacketRecord this[int index] => new(TimesNs[index], Keys[index], Checks[index], 0);

    /// <summary>Those from <paramref name="start"/> on.</summary>
    public ArrivalBatch Slice(int start, int length) => new()
    {
        TurnsNs = TurnsNs.Slice(start, length),
        TimesNs = TimesNs.Slice(start, length),
        Keys = Keys.Slice(start, length),
        Checks = Checks.Slice(start, length),
    };
}

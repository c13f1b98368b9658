using System.Numerics;

namespace Latlab.Measurement.Matching;

/// <summary>Arrivals that wait for departures to catch up, in a ring.</summary>
internal sealed class ArrivalQueue : Turns.IReceiver
{
    private PacketRecord[] _records = new PacketRecord[4096];
    private long[] _turns = new long[4096];
    private int _head;

    public int Count { get; private set; }

    /// <summary>The first arrivals that lie in one piece.</summary>
    public ReadOnlySpan<PacketRecord> Records => _records.AsSpan(_head, Math.Min(Count, _records.Length - _head));

    /// <summary>When they have their turns.</summary>
    public ReadOnlySpan<long> TurnsNs => _turns.AsSpan(_head, Math.Min(Count, _records.Length - _head));

    public void Add(ReadOnlySpan<PacketRecord> records, ReadOnlySpan<long> turns)
    {
        if (Count + records.Length > _records.Length)
        {
            Grow(Count + records.Length);
        }

        var tail = (_head + Count) & (_records.Length - 1);
        var untilEnd = Math.Min(records.Length, _records.Length - tail);
        records[..untilEnd].CopyTo(_records.AsSpan(tail));
        records[untilEnd..].CopyTo(_records);
        turns[..untilEnd].CopyTo(_turns.AsSpan(tail));
        turns[untilEnd..].CopyTo(_turns);
        Count += records.Length;
    }

    public void Remove(int count)
    {
        _head = (_head + count) & (_records.Length - 1);
        Count -= count;
    }

    private void Grow(int atLeast)
    {
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)atLeast);
        _records = Grown(_records, length);
        _turns = Grown(_turns, length);
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

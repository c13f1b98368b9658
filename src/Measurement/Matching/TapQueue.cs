namespace Latlab.Measurement.Matching;

/// <summary>The records of one tap that wait for the other tap to catch up, in the order of capture.</summary>
internal sealed class TapQueue
{
    /// <summary>
    /// A tap's records may be this much out of order: packets that reach it on several CPUs are stamped before they queue for it. A larger step back
    /// means that somebody set the clock.
    /// </summary>
    public const long DisorderNs = 1_000_000;

    private PacketRecord[] _ring = new PacketRecord[1024];
    private int _head;
    private long _lastKeyNs = long.MinValue;

    public int Count { get; private set; }

    /// <summary>Nothing before this time is to come any more, other than by <see cref="DisorderNs"/>.</summary>
    public long WatermarkNs { get; private set; } = long.MinValue;

    /// <summary>Times that the clock was set back.</summary>
    public long ClockSteps { get; private set; }

    /// <summary>
    /// When the first waiting record has its turn: its own time, but never earlier than the one before it, unless the clock was set back. A function
    /// of this tap's records alone, so that results do not depend on how the two taps' records interleave.
    /// </summary>
    public long HeadKeyNs { get; private set; }

    public void Add(ReadOnlySpan<PacketRecord> records)
    {
        if (records.IsEmpty)
        {
            return;
        }

        if (Count + records.Length > _ring.Length)
        {
            Grow(Count + records.Length);
        }

        var wasEmpty = Count == 0;
        var tail = (_head + Count) & (_ring.Length - 1);
        var untilEnd = Math.Min(records.Length, _ring.Length - tail);
        records[..untilEnd].CopyTo(_ring.AsSpan(tail));
        records[untilEnd..].CopyTo(_ring);
        Count += records.Length;
        WatermarkNs = records[^1].TimeNs;
        if (wasEmpty)
        {
            LookAtHead();
        }
    }

    public void Advance(long timeNs) => WatermarkNs = Math.Max(WatermarkNs, timeNs);

    public PacketRecord Take()
    {
        var record = _ring[_head];
        _lastKeyNs = HeadKeyNs;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        if (Count > 0)
        {
            LookAtHead();
        }

        return record;
    }

    private void LookAtHead()
    {
        var timeNs = _ring[_head].TimeNs;
        if (_lastKeyNs != long.MinValue && timeNs < _lastKeyNs - DisorderNs)
        {
            ClockSteps++;
            HeadKeyNs = timeNs;
        }
        else
        {
            HeadKeyNs = Math.Max(_lastKeyNs, timeNs);
        }
    }

    private void Grow(int atLeast)
    {
        var larger = new PacketRecord[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)atLeast)];
        var untilEnd = Math.Min(Count, _ring.Length - _head);
        _ring.AsSpan(_head, untilEnd).CopyTo(larger);
        _ring.AsSpan(0, Count - untilEnd).CopyTo(larger.AsSpan(untilEnd));
        _ring = larger;
        _head = 0;
    }
}

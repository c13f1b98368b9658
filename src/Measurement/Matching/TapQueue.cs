namespace Latlab.Measurement.Matching;

/// <summary>The records of one tap that wait for the other tap to catch up, in the order of capture.</summary>
/// <param name="aheadNs">Nanoseconds that the tap's clock is ahead of the one that turns are told by.</param>
internal sealed class TapQueue(long aheadNs)
{
    /// <summary>
    /// A tap's records may be this much out of order: packets that reach it on several CPUs are stamped before they queue for it. A larger step back
    /// means that somebody set the clock.
    /// </summary>
    public const long DisorderNs = 1_000_000;

    private PacketRecord[] _ring = new PacketRecord[4096];
    private int _head;
    private long _lastKeyNs = long.MinValue;
    private long _advancedNs = long.MinValue;

    public int Count { get; private set; }

    /// <summary>Times that the clock was set back.</summary>
    public long ClockSteps { get; private set; }

    /// <summary>
    /// Whether it is known when the first waiting record has its turn: the record after it is there, or will not come from before it.
    /// </summary>
    public bool Ready { get; private set; }

    /// <summary>Turn of the first waiting record, or, while that is not known, a time that it is not before.</summary>
    public long KeyNs { get; private set; } = long.MinValue;

    /// <summary>The first waiting record.</summary>
    public ref readonly PacketRecord Head => ref _ring[_head];

    /// <summary>
    /// When a record has its turn: at its own time, but never earlier than the one before it, unless the clock was set back. A function of one tap's
    /// records alone, so that results do not depend on how the two taps' records interleave.
    /// </summary>
    public static long KeyAfter(long lastKeyNs, long timeNs) =>
        timeNs >= lastKeyNs || IsStepBack(lastKeyNs, timeNs) ? timeNs : lastKeyNs;

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

        var tail = (_head + Count) & (_ring.Length - 1);
        var untilEnd = Math.Min(records.Length, _ring.Length - tail);
        records[..untilEnd].CopyTo(_ring.AsSpan(tail));
        records[untilEnd..].CopyTo(_ring);
        Count += records.Length;
        if (!Ready)
        {
            LookAtHead();
        }
    }

    /// <summary>Nothing before this time is to come any more, other than by <see cref="DisorderNs"/>.</summary>
    public void Advance(long timeNs)
    {
        _advancedNs = Math.Max(_advancedNs, timeNs == long.MaxValue ? timeNs : timeNs - aheadNs);
        if (!Ready)
        {
            LookAtHead();
        }
    }

    public void RemoveHead()
    {
        _lastKeyNs = KeyNs;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        LookAtHead();
    }

    private static bool IsStepBack(long lastKeyNs, long timeNs) => lastKeyNs != long.MinValue && timeNs < lastKeyNs - DisorderNs;

    /// <summary>A stamp that the next record is far before is an outlier, or the last before the clock was set: others do not wait for it.</summary>
    private void LookAtHead()
    {
        if (Count == 0)
        {
            Ready = false;
            KeyNs = Math.Max(_lastKeyNs, _advancedNs);
            return;
        }

        var timeNs = _ring[_head].TimeNs - aheadNs;
        if (Count > 1)
        {
            var nextNs = _ring[(_head + 1) & (_ring.Length - 1)].TimeNs - aheadNs;
            if (nextNs < timeNs - DisorderNs)
            {
                ClockSteps++;
                timeNs = Math.Max(_lastKeyNs, nextNs);
            }
        }
        else if (timeNs > _advancedNs)
        {
            Ready = false;
            KeyNs = Math.Min(timeNs, Math.Max(_lastKeyNs, _advancedNs));
            return;
        }

        Ready = true;
        KeyNs = KeyAfter(_lastKeyNs, timeNs);
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

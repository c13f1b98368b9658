namespace Latlab.Measurement.Matching;

/// <summary>
/// Gives the records of one tap their turns in the merge: each at its own time, but never before the one in front of it, unless the clock was set
/// back. Turns are a function of one tap's records alone, so that results do not depend on how the two taps' records interleave.
/// </summary>
/// <param name="aheadNs">Nanoseconds that the tap's clock is ahead of the one that turns are told by.</param>
/// <param name="receiver">Takes records whose turns are known.</param>
internal sealed class Turns(long aheadNs, Turns.IReceiver receiver)
{
    /// <summary>
    /// A tap's records may be this much out of order: packets that reach it on several CPUs are stamped before they queue for it. A larger step back
    /// means that somebody set the clock, or that a stamp is wrong.
    /// </summary>
    public const long DisorderNs = 1_000_000;

    private const int Batch = 1024;

    private readonly long[] _turns = new long[Batch];
    private readonly PacketRecord[] _held = new PacketRecord[1];
    private bool _holds;
    private long _lastNs = long.MinValue;
    private long _advancedNs = long.MinValue;

    internal interface IReceiver
    {
        /// <summary>Takes records and when each has its turn.</summary>
        public void Add(ReadOnlySpan<PacketRecord> records, ReadOnlySpan<long> turns);
    }

    /// <summary>Times that the stamps went back by more than <see cref="DisorderNs"/>.</summary>
    public long StepsBack { get; private set; }

    /// <summary>Records still to come have no turn before this.</summary>
    public long BoundNs { get; private set; } = long.MinValue;

    /// <summary>Records that are held back: 0 or 1.</summary>
    public int Held => _holds ? 1 : 0;

    /// <summary>Adds records. The last one is held back until it is known what follows it.</summary>
    public void Add(ReadOnlySpan<PacketRecord> records)
    {
        if (records.IsEmpty)
        {
            return;
        }

        if (_holds)
        {
            Hand(_held, records[0].TimeNs);
        }

        while (records.Length > 1)
        {
            var count = Math.Min(records.Length - 1, Batch);
            Hand(records[..count], records[count].TimeNs);
            records = records[count..];
        }

        _held[0] = records[0];
        _holds = true;
        Bound();
    }

    /// <summary>Nothing before this time is to come any more, other than by <see cref="DisorderNs"/>.</summary>
    public void Advance(long timeNs)
    {
        _advancedNs = Math.Max(_advancedNs, timeNs == long.MaxValue ? timeNs : timeNs - aheadNs);
        Bound();
    }

    /// <summary>Hands records over; <paramref name="nextNs"/> is the stamp of the record behind them.</summary>
    private void Hand(ReadOnlySpan<PacketRecord> records, long nextNs)
    {
        var turns = _turns.AsSpan(0, records.Length);
        var last = _lastNs;
        var inOrder = true;
        for (var i = 0; i < records.Length; i++)
        {
            var time = records[i].TimeNs - aheadNs;
            turns[i] = time;
            inOrder &= time >= last;
            last = time;
        }

        _lastNs = inOrder && nextNs - aheadNs >= last ? last : PutInOrder(turns, nextNs - aheadNs);
        receiver.Add(records, turns);
    }

    /// <summary>Makes turns of times; returns the last.</summary>
    private long PutInOrder(Span<long> times, long nextNs)
    {
        var last = _lastNs;
        for (var i = 0; i < times.Length; i++)
        {
            var time = times[i];
            var next = i + 1 < times.Length ? times[i + 1] : nextNs;
            if (next < time - DisorderNs)
            {
                // An outlier, or the last before the clock was set: others do not wait for it.
                StepsBack++;
                time = Math.Max(last, next);
            }

            last = time >= last || IsStepBack(last, time) ? time : last;
            times[i] = last;
        }

        return last;
    }

    private void Bound()
    {
        if (!_holds)
        {
            BoundNs = Math.Max(_lastNs, _advancedNs);
            return;
        }

        var time = _held[0].TimeNs - aheadNs;
        if (time > _advancedNs)
        {
            BoundNs = Math.Min(time, Math.Max(_lastNs, _advancedNs));
            return;
        }

        // Nothing from far before it follows: it is no outlier.
        _holds = false;
        Hand(_held, _held[0].TimeNs);
        BoundNs = Math.Max(_lastNs, _advancedNs);
    }

    private static bool IsStepBack(long lastNs, long timeNs) => lastNs != long.MinValue && timeNs < lastNs - DisorderNs;
}

using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Gives the records of one tap their turns in the merge: each at its own time, but never before the one in front of it, unless the clock
/// was set back. Turns are a function of one tap's records alone, so that results do not depend on how the two taps' records interleave.
/// </summary>
/// <param name="aheadNs">Nanoseconds that the tap's clock is ahead of the one that turns are told by.</param>
/// <param name="receiver">Takes records whose turns are known.</param>
internal sealed class Turns(long aheadNs, Turns.IReceiver receiver)
{
    /// <summary>
    /// A tap's records may be this much out of order: packets that reach it on several CPUs are stamped before they queue for it. A larger
    /// step back means that somebody set the clock, or that a stamp is wrong.
    /// </summary>
    public const long DisorderNs = 1_000_000;

    private readonly long[] _turns = new long[PacketColumns.Capacity];
    private readonly PacketColumns _held = new();
    private bool _holds;
    private long _lastNs = long.MinValue;
    private long _advancedNs = long.MinValue;

    internal interface IReceiver
    {
        /// <summary>Takes packets and when each has its turn.</summary>
        public void Add(in PacketBatch packets, ReadOnlySpan<long> turns);
    }

    /// <summary>Times that the stamps went back by more than <see cref="DisorderNs"/>.</summary>
    public long StepsBack { get; private set; }

    /// <summary>Records still to come have no turn before this.</summary>
    public long BoundNs { get; private set; } = long.MinValue;

    /// <summary>Records that are held back: 0 or 1.</summary>
    public int Held => _holds ? 1 : 0;

    /// <summary>Adds at most as many packets as columns hold. The last one is held back until it is known what follows it.</summary>
    public void Add(in PacketBatch packets)
    {
        if (packets.Count == 0)
        {
            return;
        }

        if (_holds)
        {
            Hand(_held.Packets, packets.TimesNs[0]);
        }

        var last = packets.Count - 1;
        if (last > 0)
        {
            Hand(packets.Slice(0, last), packets.TimesNs[last]);
        }

        _held.Set([packets[last]]);
        _holds = true;
        Bound();
    }

    /// <summary>Nothing before this time is to come any more, other than by <see cref="DisorderNs"/>.</summary>
    public void Advance(long timeNs)
    {
        _advancedNs = Math.Max(_advancedNs, timeNs == long.MaxValue ? timeNs : timeNs - aheadNs);
        Bound();
    }

    /// <summary>Hands packets over; <paramref name="nextNs"/> is the stamp of the one behind them.</summary>
    private void Hand(in PacketBatch packets, long nextNs)
    {
        var timesNs = packets.TimesNs;
        var turns = _turns.AsSpan(0, packets.Count);
        if (aheadNs == 0 && timesNs[0] >= _lastNs && nextNs >= timesNs[^1] && Columns.AreRising(timesNs, orEqual: true))
        {
            // As nearly always: the times are the turns.
            _lastNs = timesNs[^1];
            receiver.Add(packets, timesNs);
            return;
        }

        for (var i = 0; i < turns.Length; i++)
        {
            turns[i] = timesNs[i] - aheadNs;
        }

        _lastNs = PutInOrder(turns, nextNs - aheadNs);
        receiver.Add(packets, turns);
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

        var time = _held.TimesNs[0] - aheadNs;
        if (time > _advancedNs)
        {
            BoundNs = Math.Min(time, Math.Max(_lastNs, _advancedNs));
            return;
        }

        // Nothing from far before it follows: it is no outlier.
        _holds = false;
        Hand(_held.Packets, _held.TimesNs[0]);
        BoundNs = Math.Max(_lastNs, _advancedNs);
    }

    private static bool IsStepBack(long lastNs, long timeNs) => lastNs != long.MinValue && timeNs < lastNs - DisorderNs;
}

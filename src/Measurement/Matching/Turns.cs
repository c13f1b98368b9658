using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Gives the records of one tap their turns in the merge: each at its own time, but never before the one in front of it. When the clock is
/// set back, turns go on from where they were: packets on their way are still waited for, and the two taps, whose clocks are set one after
/// the other or one of them alone, stay beside each other. Only when stamps return from a jump ahead do turns return with them. Turns are a
/// function of one tap's records alone, so that results do not depend on how the two taps' records interleave.
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

    /// <summary>Stamps are between minus this and this, and may be added and subtracted: it is the year 2116. Others are none.</summary>
    private const long FarthestNs = 1L << 62;

    private readonly long[] _turns = new long[PacketColumns.Capacity];
    private readonly PacketColumns _held = new();
    private bool _holds;
    private long _lastNs = long.MinValue;
    private long _advancedNs = long.MinValue;

    /// <summary>What the clock was set back by, all in all.</summary>
    private long _setBackNs;

    /// <summary>The last jump ahead by more than <see cref="DisorderNs"/>: stamps may return from it.</summary>
    private long _jumpNs;

    internal interface IReceiver
    {
        /// <summary>Takes packets and when each has its turn.</summary>
        public void Add(in PacketBatch packets, ReadOnlySpan<long> turns);
    }

    /// <summary>Times that the stamps went back by more than <see cref="DisorderNs"/>.</summary>
    public long StepsBack { get; private set; }

    /// <summary>The stamp after which they did so first; null when they never did.</summary>
    public long? FirstStepBackNs { get; private set; }

    /// <summary>Times that several stamps jumped ahead and returned: windows ended meanwhile.</summary>
    public long Returns { get; private set; }

    /// <summary>Records still to come have no turn before this.</summary>
    public long BoundNs { get; private set; } = long.MinValue;

    /// <summary>Up to when it is known what the tap saw: the last turn, or what it was advanced to.</summary>
    public long KnownNs { get; private set; } = long.MinValue;

    /// <summary>Records that are held back: 0 or 1.</summary>
    public int Held => _holds ? 1 : 0;

    /// <summary>When a record with this stamp has its turn, were it the next.</summary>
    public long TurnAt(long stampNs) => stampNs - aheadNs + _setBackNs;

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
        if (timeNs == long.MaxValue)
        {
            _advancedNs = timeNs;
        }
        else
        {
            _advancedNs = Math.Max(_advancedNs, TurnAt(timeNs));
            KnownNs = Math.Max(KnownNs, TurnAt(timeNs));
        }

        Bound();
    }

    /// <summary>Hands packets over; <paramref name="nextNs"/> is the stamp of the one behind them.</summary>
    private void Hand(in PacketBatch packets, long nextNs)
    {
        var timesNs = packets.TimesNs;
        if (aheadNs == 0 && _setBackNs == 0 && IsPlain(timesNs, nextNs))
        {
            // As nearly always: the times are the turns.
            RememberJumps(timesNs);
            _lastNs = timesNs[^1];
            receiver.Add(packets, timesNs);
        }
        else
        {
            var turns = _turns.AsSpan(0, packets.Count);
            for (var i = 0; i < turns.Length; i++)
            {
                turns[i] = _lastNs = TurnOf(timesNs[i], i + 1 < turns.Length ? timesNs[i + 1] : nextNs);
            }

            receiver.Add(packets, turns);
        }

        KnownNs = Math.Max(KnownNs, _lastNs);
    }

    private bool IsPlain(ReadOnlySpan<long> timesNs, long nextNs) =>
        timesNs[0] >= _lastNs
        && timesNs[0] != 0
        && timesNs[0] >= -FarthestNs
        && timesNs[^1] <= FarthestNs
        && nextNs >= timesNs[^1]
        && Columns.AreRising(timesNs, orEqual: true);

    private void RememberJumps(ReadOnlySpan<long> risingNs)
    {
        var lastNs = _lastNs == long.MinValue ? risingNs[0] : _lastNs;
        if (risingNs[^1] - lastNs <= DisorderNs)
        {
            return;
        }

        foreach (var timeNs in risingNs)
        {
            _jumpNs = timeNs - lastNs > DisorderNs ? timeNs - lastNs : _jumpNs;
            lastNs = timeNs;
        }
    }

    /// <summary>The turn of a record with this stamp, when the one behind it has that one.</summary>
    private long TurnOf(long stampNs, long nextStampNs)
    {
        var besideNs = _lastNs != long.MinValue ? _lastNs : TurnAt(IsPossible(stampNs) ? stampNs : IsPossible(nextStampNs) ? nextStampNs : 0);
        return IsNone(stampNs, besideNs) ? besideNs : NextTurn(TurnAt(stampNs), TurnAt(IsNone(nextStampNs, besideNs) ? stampNs : nextStampNs));
    }

    /// <summary>Whether a stamp is none: 0, unless turns are there just now, or out of all range.</summary>
    private static bool IsNone(long stampNs, long turnNs) => !IsPossible(stampNs) && (stampNs != 0 || turnNs is > DisorderNs or < -DisorderNs);

    private static bool IsPossible(long stampNs) => stampNs is not 0 and >= -FarthestNs and <= FarthestNs;

    /// <summary>The turn of a record that would have it at <paramref name="timeNs"/>, and the one behind it at <paramref name="nextNs"/>.</summary>
    private long NextTurn(long timeNs, long nextNs)
    {
        if (_lastNs == long.MinValue || timeNs >= _lastNs - DisorderNs)
        {
            if (nextNs < timeNs - DisorderNs)
            {
                // A stamp from the future, or the last before the clock was set: others do not wait for it.
                StepsBack++;
                FirstStepBackNs ??= timeNs + aheadNs - _setBackNs;
                return Math.Max(_lastNs, nextNs);
            }

            _jumpNs = _lastNs != long.MinValue && timeNs - _lastNs > DisorderNs ? timeNs - _lastNs : _jumpNs;
            return Math.Max(_lastNs, timeNs);
        }

        if (nextNs >= _lastNs - DisorderNs)
        {
            // A stamp from the past.
            return _lastNs;
        }

        var backNs = _lastNs - timeNs;
        if (Math.Abs(backNs - _jumpNs) <= _jumpNs / 8)
        {
            Returns++;
            return timeNs;
        }

        _setBackNs += backNs;
        return _lastNs;
    }

    private void Bound()
    {
        if (!_holds)
        {
            BoundNs = Math.Max(_lastNs, _advancedNs);
            return;
        }

        var time = TurnAt(_held.TimesNs[0]);
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
}

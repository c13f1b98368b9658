namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches departures and arrivals that come in the order of time. Expected is the departure after the last that was matched or expired. An
/// arrival belongs to the first in flight with its identity from <see cref="DepartureFinder.LookBehind"/> departures before the expected
/// one to <see cref="DepartureFinder.LookAhead"/> from it on, and else to the earliest in flight with its identity. Where identities recur,
/// that keeps a packet from being taken for one that was lost a turn before.
/// </summary>
/// <remarks>
/// Three positions go through the log, each only forth. Departures before <see cref="Settlement.Position"/> are handed on. Those before
/// <c>_departed</c> had their turns, which is seen to late: before anything that needs it. A window ends only of one that departed, so what is handed
/// on beyond <c>_departed</c> arrived. And <c>_expected</c> may go ahead of either: an arrival whose turn is not before that of the departure it
/// belongs to shows that this one's has come.
/// </remarks>
internal sealed class PacketMatcher
{
    private readonly MatchOptions _options;
    private readonly IBatchObserver _observer;
    private readonly long _windowNs;

    /// <summary>Longest latency, by the stamps, that a match within the window can have.</summary>
    private readonly long _longestNs;
    private readonly DepartureLog _log = new();
    private readonly DepartureFinder _finder;
    private readonly Settlement _settlement;
    private readonly EarlyArrivals _early = new();
    private readonly ArrivedColumns _arrived;

    /// <summary>Departures before this position had their turns.</summary>
    private long _departed;

    /// <summary>The departure after the last that was matched or expired.</summary>
    private long _expected;

    /// <summary>No departure from here to the expected one is in flight; it may lie behind that one, then there is none to say it of.</summary>
    private long _noneMissingFrom;

    /// <summary>Up to this turn no window ends, of those that departed before <c>_departed</c>, nor that of an early arrival.</summary>
    private long _deadlineNs = long.MinValue;
    private long? _startNs;

    public PacketMatcher(MatchOptions options, IBatchObserver observer)
    {
        _options = options;
        _observer = observer;
        _windowNs = options.WindowNs;
        _longestNs = options.WindowNs + Turns.DisorderNs + Math.Max(0, options.MergeOffsetNs);
        _finder = new DepartureFinder(_log, options);
        _settlement = new Settlement(options, _log, _finder, observer);
        _arrived = new ArrivedColumns(observer);
    }

    /// <summary>Takes departures, which may come long before their turns.</summary>
    public Turns.IReceiver Departures => _log;

    /// <summary>Departures whose turn has not come.</summary>
    public long WaitingDepartures => _log.Head - _departed;

    /// <summary>What was counted so far.</summary>
    public MatchCounts Counts => _settlement.Counts;

    /// <summary>Arrivals and their turns by the ingress clock. All departures whose turns come before them are in the log.</summary>
    public void Arrive(in ArrivalBatch arrivals)
    {
        for (var at = 0; at < arrivals.Count;)
        {
            var position = _expected;
            at += ArriveExpected(arrivals.Slice(at, arrivals.Count - at));
            if (_expected != position)
            {
                ForgetWhenBlockEnded(position, arrivals.TurnsNs[at - 1]);
            }

            if (at < arrivals.Count)
            {
                position = _expected;
                ArriveUnexpected(arrivals.TurnsNs[at], arrivals[at]);
                ForgetWhenBlockEnded(position, arrivals.TurnsNs[at]);
                at++;
            }
        }
    }

    /// <summary>
    /// Forgets what has passed, each time that the expected departure is in another block than before: where clocks go back, it must not
    /// hang on how records were batched what is still known.
    /// </summary>
    private void ForgetWhenBlockEnded(long position, long turnNs)
    {
        if (_expected >> DepartureBlock.Bits > position >> DepartureBlock.Bits)
        {
            TakeTurns(turnNs);
            _arrived.Flush();
            _settlement.HandOn();
            Forget();
        }
    }

    private void Forget() => _settlement.Forget(Math.Min(_expected, _departed));

    /// <summary>It is <paramref name="untilNs"/>: departures up to then had their turns. Hands on what is settled.</summary>
    public void Depart(long untilNs)
    {
        TakeTurns(untilNs);
        _arrived.Flush();
        _settlement.HandOn();
    }

    /// <summary>Settles what is open.</summary>
    /// <param name="endNs">Turn up to which both captures are complete.</param>
    public void Finish(long endNs)
    {
        ExpireEarly(long.MaxValue);
        _arrived.Flush();
        _settlement.Finish(endNs);
    }

    /// <summary>
    /// Arrivals that are the expected departures, one after the other, with nothing missing shortly before them: all that there is to do
    /// where a device keeps the order and loses nothing. Returns how many they are; what is special in any way is left to
    /// <see cref="ArriveUnexpected"/>, with the same outcome.
    /// </summary>
    private int ArriveExpected(ArrivalBatch arrivals)
    {
        if (_expected >= _log.Head || !_early.IsEmpty || _noneMissingFrom > Math.Max(0, _expected - DepartureFinder.LookBehind))
        {
            return 0;
        }

        var (block, slot) = _log.At(_expected);
        var most = (int)Math.Min(Math.Min(arrivals.Count, _log.Head - _expected), Math.Min(DepartureBlock.Length - slot, ArrivedColumns.Capacity));
        arrivals = arrivals.Slice(0, most);
        var run = new ExpectedRun(block, slot, arrivals);
        var count = run.Match(_deadlineNs, _windowNs, _longestNs, _settlement.WarmUntilNs);
        _arrived.AddRun(arrivals.TimesNs[..count], block.LatencyNs.Slice(slot, count), _expected, block.Flows.Slice(slot, count));
        _expected += count;
        return count;
    }

    private void ArriveUnexpected(long turnNs, in PacketRecord record)
    {
        TakeTurns(turnNs);
        EndWindows(turnNs);
        var position = _finder.FindNear(record, turnNs, _expected, _settlement.Position, _departed);
        if (position < 0)
        {
            position = _finder.FindInWindow(record, turnNs, _departed, out var arrivedBefore);
            if (position < 0)
            {
                if (arrivedBefore >= 0)
                {
                    CountDuplicate(arrivedBefore);
                    return;
                }

                _early.Add(turnNs, record);
                _deadlineNs = Math.Min(_deadlineNs, turnNs + _windowNs);
                return;
            }
        }

        Match(position, record.TimeNs);
        if (position > _expected)
        {
            // Those that were skipped are in flight.
            _noneMissingFrom = position;
        }
        else if (position < _expected)
        {
            // The next ones that are expected have arrived already.
            _noneMissingFrom = Math.Max(_noneMissingFrom, _expected);
        }

        _expected = position + 1;
    }

    /// <summary>The first arrival of a departed packet.</summary>
    private void Match(long position, long arrivedNs)
    {
        var (block, slot) = _log.At(position);
        var sentNs = block.SentNs[slot];
        var latencyNs = arrivedNs - sentNs;
        block.LatencyNs[slot] = latencyNs;
        block.Fates[slot] = latencyNs < 0 ? Fate.Negative : latencyNs > _longestNs || IsMissing(sentNs, block.TurnNs[slot]) ? Fate.Implausible : Fate.Matched;
        if (block.TurnNs[slot] < _settlement.WarmUntilNs)
        {
            Counts.WarmUpAfter++;
        }
        else if (block.Fates[slot] == Fate.Matched)
        {
            _arrived.Add(arrivedNs, latencyNs, position, block.Flows[slot]);
        }
    }

    /// <summary>A stamp of 0 is none, unless it is one of a clock that starts there.</summary>
    private static bool IsMissing(long stampNs, long turnNs) => stampNs == 0 && turnNs is > Turns.DisorderNs or < -Turns.DisorderNs;

    /// <summary>Departures up to this time have their turns: windows end, and arrivals may have waited for them.</summary>
    private void TakeTurns(long untilNs)
    {
        while (_departed < _log.Head)
        {
            var (block, slot) = _log.At(_departed);
            var turns = block.TurnNs.Slice(slot, (int)Math.Min(_log.Head - _departed, DepartureBlock.Length - slot));
            if (turns[0] > untilNs)
            {
                return;
            }

            EndWindows(turns[0]);
            _deadlineNs = Math.Min(_deadlineNs, turns[0] + _windowNs);
            if (_early.IsEmpty)
            {
                // Nothing happens at those that have their turn before a window ends; where turns return, an earlier one may end.
                var eventful = turns.IndexOfAnyExceptInRange(turns[0], Math.Max(turns[0], Math.Min(untilNs, _deadlineNs - 1)));
                _departed += eventful < 0 ? turns.Length : eventful;
            }
            else
            {
                ExpireEarly(turns[0]);
                ClaimEarly(block, slot);
                _departed++;
            }
        }
    }

    /// <summary>Within a tap's disorder, that an arrival had its turn first need not mean that its stamp is the earlier one.</summary>
    private void ClaimEarly(DepartureBlock block, int slot)
    {
        if (!_early.TryClaim(block.Keys[slot], block.Checks[slot], block.TurnNs[slot] + _windowNs, out var firstNs, out var count))
        {
            return;
        }

        Match(_departed, firstNs);
        for (var further = 1; further < count; further++)
        {
            CountDuplicate(_departed);
        }
    }

    /// <summary>Time goes on. Arrivals first: a departure that they could belong to is still known then.</summary>
    private void EndWindows(long turnNs)
    {
        if (turnNs <= _deadlineNs)
        {
            return;
        }

        Start(turnNs);
        ExpireEarly(turnNs);
        _arrived.Flush();
        var lastExpired = _settlement.EndWindows(turnNs, _departed, out _deadlineNs);
        _expected = Math.Max(_expected, lastExpired + 1);
        _deadlineNs = Math.Min(_deadlineNs, _early.FirstTurnNs + _windowNs ?? long.MaxValue);
        Forget();
    }

    /// <summary>The captures start with the first turn of either.</summary>
    private void Start(long turnNs)
    {
        if (_startNs is null)
        {
            _startNs = _log.Head > 0 ? Math.Min(turnNs, _log.BlockOf(0).TurnNs[0]) : turnNs;
            _settlement.WarmUntilNs = _options.WarmUpNs > 0 ? _startNs.Value + _options.WarmUpNs : long.MinValue;
        }
    }

    /// <summary>A further arrival of a packet that had arrived.</summary>
    private void CountDuplicate(long position)
    {
        var (block, slot) = _log.At(position);
        if (block.TurnNs[slot] < _settlement.WarmUntilNs)
        {
            Counts.WarmUpAfter++;
            return;
        }

        var isFirst = block.Fates[slot] == Fate.Matched && !block.Replicated[slot];
        block.Replicated[slot] |= isFirst;
        Counts.CountDuplicate(isFirst);
        _observer.OnDuplicate(block.Flows[slot], isFirst);
    }

    /// <summary>Arrivals that no departure came for within the window.</summary>
    private void ExpireEarly(long turnNs)
    {
        while (_early.TryExpire(turnNs - _windowNs, out var arrivedNs))
        {
            if (arrivedNs < _settlement.WarmUntilNs)
            {
                Counts.WarmUpAfter++;
            }
            else if (arrivedNs - _startNs <= _windowNs)
            {
                Counts.ArrivedBeforeStart++;
            }
            else
            {
                Counts.UnmatchedAfter++;
            }
        }
    }
}

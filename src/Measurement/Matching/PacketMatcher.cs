namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches departures and arrivals that come in the order of time. An arrival belongs to the first that there is of: the expected departure, which is
/// the one after the last that was matched or expired; the first in flight with its identity from <see cref="LookBehind"/> before to
/// <see cref="LookAhead"/> after that; the earliest in flight with its identity. Where identities recur, that order keeps a packet from being taken for
/// one that was lost a turn before.
/// </summary>
internal sealed class PacketMatcher(MatchOptions options, IMatchObserver observer)
{
    /// <summary>Departures from the expected one on in which an arrival is looked for before the index is asked.</summary>
    public const int LookAhead = 64;

    /// <summary>Departures before the expected one in which it is looked for, too: neighbours that overtook each other.</summary>
    public const int LookBehind = 32;

    private readonly long _windowNs = options.WindowNs;
    private readonly DepartureLog _log = new();
    private readonly EarlyArrivals _early = new();
    private readonly MatchOutput _output = new(observer);
    private DepartureIndex? _index;

    /// <summary>Departures before this position had their turns.</summary>
    private long _departed;

    /// <summary>The departure after the last that was matched or expired.</summary>
    private long _expected;

    /// <summary>Its block, unless it is the first of one.</summary>
    private DepartureBlock _expectedBlock = new();

    /// <summary>Departures before this position are settled: handed on in sending order.</summary>
    private long _settled;

    /// <summary>The turn of the last settled one.</summary>
    private long _settledTurnNs = long.MinValue;

    /// <summary>Up to this time no window ends.</summary>
    private long _deadlineNs = long.MinValue;
    private long? _startNs;
    private long _warmUntilNs;

    /// <summary>Takes departures, which may come long before their turns.</summary>
    public Turns.IReceiver Departures => _log;

    /// <summary>Departures whose turn has not come.</summary>
    public long WaitingDepartures => _log.Head - _departed;

    /// <summary>What was counted so far.</summary>
    public MatchCounts Counts { get; } = new();

    /// <summary>
    /// An arrival whose turn is at <paramref name="turnNs"/>, by the ingress clock. All departures whose turns come first are in the log. In order and
    /// without loss, this and <see cref="Match"/> is all that is done for it.
    /// </summary>
    public void Arrive(long turnNs, in PacketRecord record)
    {
        if (turnNs > _deadlineNs)
        {
            TakeTurns(turnNs);
            EndWindows(turnNs);
        }

        if (_expected < _log.Head && _early.IsEmpty)
        {
            var slot = (int)_expected & DepartureBlock.Mask;
            if (slot == 0)
            {
                _expectedBlock = _log.BlockOf(_expected);
            }

            var block = _expectedBlock;
            if (block.Keys[slot] == record.Key && block.Checks[slot] == record.Check
                && (ulong)(turnNs - block.TurnNs[slot]) <= (ulong)_windowNs && block.States[slot] == DepartureState.InFlight)
            {
                Match(block, slot, record.TimeNs, _expected);
                _expected++;
                return;
            }
        }

        ArriveUnexpected(turnNs, record);
    }

    /// <summary>It is <paramref name="untilNs"/>: departures up to then had their turns. Hands on what is settled.</summary>
    public void Depart(long untilNs)
    {
        TakeTurns(untilNs);
        HandOnSettled(null);
        _output.Flush();
    }

    /// <summary>Settles what is open.</summary>
    public void Finish(long captureEndNs)
    {
        while (_early.TryExpire(long.MaxValue, out var stampNs))
        {
            CountUnmatched(stampNs);
        }

        for (; _settled < _log.Head; _settled++)
        {
            var block = _log.BlockOf(_settled);
            var slot = (int)_settled & DepartureBlock.Mask;
            HandOn(block, slot, block.SentNs[slot] > captureEndNs - _windowNs ? Fate.Undecided : Fate.Lost);
        }

        _output.Flush();
    }

    private void ArriveUnexpected(long turnNs, in PacketRecord record)
    {
        TakeTurns(turnNs);
        EndWindows(turnNs);
        var position = _expected < _departed && IsInFlight(_expected, record) ? _expected : FindNear(record);
        if (position < 0)
        {
            position = FindInWindow(turnNs, record, out var arrivedBefore);
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

        Match(_log.BlockOf(position), (int)position & DepartureBlock.Mask, record.TimeNs, position);
        Expect(position + 1);
    }

    private void Expect(long position)
    {
        _expected = position;
        if (((int)position & DepartureBlock.Mask) != 0)
        {
            _expectedBlock = _log.BlockOf(position);
        }
    }

    private bool IsInFlight(long position, in PacketRecord record)
    {
        var block = _log.BlockOf(position);
        var slot = (int)position & DepartureBlock.Mask;
        return block.Keys[slot] == record.Key && block.Checks[slot] == record.Check && block.States[slot] == DepartureState.InFlight;
    }

    /// <summary>The first in flight with the identity around the expected departure; -1 when there is none.</summary>
    private long FindNear(in PacketRecord record)
    {
        var end = Math.Min(_departed, _expected + LookAhead);
        for (var position = Math.Max(_settled, _expected - LookBehind); position < end; position++)
        {
            var block = _log.BlockOf(position);
            var slot = (int)position & DepartureBlock.Mask;
            var length = (int)Math.Min(end - position, DepartureBlock.Length - slot);
            var found = block.Keys.AsSpan(slot, length).IndexOf(record.Key);
            position += found < 0 ? length - 1 : found;
            if (found >= 0 && block.Checks[slot + found] == record.Check && block.States[slot + found] == DepartureState.InFlight)
            {
                return position;
            }
        }

        return -1;
    }

    /// <summary>
    /// The earliest in flight with the identity; -1 when there is none, and then <paramref name="arrivedBefore"/> is the last one that departed
    /// within the window and arrived, or -1.
    /// </summary>
    private long FindInWindow(long turnNs, in PacketRecord record, out long arrivedBefore)
    {
        arrivedBefore = -1;
        var earliest = -1L;
        _index ??= new DepartureIndex(_log);
        for (var position = _index.FindLast(record.Key, record.Check, _departed);
            position >= 0;
            position = _index.FindLast(record.Key, record.Check, position))
        {
            var block = _log.BlockOf(position);
            var slot = (int)position & DepartureBlock.Mask;
            if (block.States[slot] == DepartureState.InFlight)
            {
                earliest = position;
            }
            else if (turnNs - block.SentNs[slot] > _windowNs)
            {
                break;
            }
            else if (block.States[slot] != DepartureState.Expired && arrivedBefore < 0)
            {
                arrivedBefore = position;
            }
        }

        return earliest;
    }

    /// <summary>The first arrival of a departed packet.</summary>
    private void Match(DepartureBlock block, int slot, long arrivedNs, long position)
    {
        var sentNs = block.SentNs[slot];
        var latencyNs = arrivedNs - sentNs;
        block.LatencyNs[slot] = latencyNs;
        block.States[slot] = latencyNs < 0 ? DepartureState.Negative : DepartureState.Matched;
        if (sentNs < _warmUntilNs)
        {
            Counts.WarmUpAfter++;
        }
        else if (latencyNs >= 0)
        {
            _output.Add(new ArrivedPacket(arrivedNs, sentNs, position, block.Flows[slot]));
        }
    }

    /// <summary>Departures up to this time have their turns: windows end, and arrivals may have waited for them.</summary>
    private void TakeTurns(long untilNs)
    {
        for (; _departed < _log.Head; _departed++)
        {
            var block = _log.BlockOf(_departed);
            var slot = (int)_departed & DepartureBlock.Mask;
            var turnNs = block.TurnNs[slot];
            if (turnNs > untilNs)
            {
                return;
            }

            EndWindows(turnNs);
            _deadlineNs = Math.Min(_deadlineNs, turnNs + _windowNs);
            if (!_early.IsEmpty)
            {
                ExpireEarly(turnNs);
                ClaimEarly(block, slot);
            }
        }
    }

    /// <summary>Within a tap's disorder, that an arrival had its turn first need not mean that its stamp is the earlier one.</summary>
    private void ClaimEarly(DepartureBlock block, int slot)
    {
        if (!_early.TryClaim(block.Keys[slot], block.Checks[slot], out var firstNs, out var count))
        {
            return;
        }

        Match(block, slot, firstNs, _departed);
        for (var further = 1; further < count; further++)
        {
            CountDuplicate(_departed);
        }
    }

    private void ExpireEarly(long turnNs)
    {
        while (_early.TryExpire(turnNs - _windowNs, out var stampNs))
        {
            CountUnmatched(stampNs);
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
        _deadlineNs = _early.FirstTurnNs is { } firstNs ? firstNs + _windowNs : long.MaxValue;
        HandOnSettled(turnNs);
        while (_log.TryForgetBlock(Math.Min(_settled, _expected), _settledTurnNs - _windowNs))
        {
        }
    }

    /// <summary>The captures start with the first turn of either.</summary>
    private void Start(long turnNs)
    {
        if (_startNs is null)
        {
            _startNs = _log.Head > 0 ? Math.Min(turnNs, _log.BlockOf(0).TurnNs[0]) : turnNs;
            _warmUntilNs = options.WarmUpNs > 0 ? _startNs.Value + options.WarmUpNs : long.MinValue;
        }
    }

    /// <summary>Hands on departures up to the first that may still arrive; when it is <paramref name="nowNs"/>, windows end before that.</summary>
    private void HandOnSettled(long? nowNs)
    {
        for (; _settled < _log.Head; _settled++)
        {
            var block = _log.BlockOf(_settled);
            var slot = (int)_settled & DepartureBlock.Mask;
            var departedNs = block.TurnNs[slot];
            if (block.States[slot] == DepartureState.InFlight)
            {
                if (nowNs is null)
                {
                    return;
                }

                if (nowNs - departedNs <= _windowNs)
                {
                    _deadlineNs = Math.Min(_deadlineNs, departedNs + _windowNs);
                    return;
                }

                Expect(Math.Max(_expected, _settled + 1));
            }

            _settledTurnNs = departedNs;
            HandOn(block, slot, Fate.Lost);
        }
    }

    /// <summary>Hands on a departure; <paramref name="unseen"/> is its fate if it did not arrive.</summary>
    private void HandOn(DepartureBlock block, int slot, Fate unseen)
    {
        var sentNs = block.SentNs[slot];
        var fate = block.States[slot] switch
        {
            DepartureState.Matched or DepartureState.Replicated => Fate.Matched,
            DepartureState.Negative => Fate.Negative,
            _ => FateOfUnseen(block, slot, unseen),
        };
        if (block.States[slot] == DepartureState.InFlight)
        {
            block.States[slot] = DepartureState.Expired;
            block.LatencyNs[slot] = 0;
        }

        if (sentNs < _warmUntilNs)
        {
            Counts.WarmUpBefore++;
            return;
        }

        Counts.Count(fate);
        _output.Add(new SettledPacket(sentNs, block.LatencyNs[slot], _settled, block.Flows[slot], block.WireLengths[slot], fate));
    }

    /// <summary>Whether the tap had seen the identity shortly before.</summary>
    private Fate FateOfUnseen(DepartureBlock block, int slot, Fate unseen)
    {
        _index ??= new DepartureIndex(_log);
        var sentNs = block.SentNs[slot];
        var earlier = _index.FindLast(block.Keys[slot], block.Checks[slot], _settled);
        if (earlier < 0)
        {
            return unseen;
        }

        var earlierBlock = _log.BlockOf(earlier);
        var earlierSlot = (int)earlier & DepartureBlock.Mask;
        var earlierNs = earlierBlock.SentNs[earlierSlot];
        if (sentNs - earlierNs > _windowNs)
        {
            return unseen;
        }

        var hadArrived = earlierBlock.States[earlierSlot] is not DepartureState.Expired and not DepartureState.InFlight
            && earlierNs + earlierBlock.LatencyNs[earlierSlot] - options.MergeOffsetNs <= sentNs;
        return hadArrived ? Fate.Recurred : Fate.DuplicatedBefore;
    }

    /// <summary>A further arrival of a packet that had arrived.</summary>
    private void CountDuplicate(long position)
    {
        var block = _log.BlockOf(position);
        var slot = (int)position & DepartureBlock.Mask;
        if (block.SentNs[slot] < _warmUntilNs)
        {
            Counts.WarmUpAfter++;
            return;
        }

        Counts.DuplicatedAfter++;
        if (block.States[slot] == DepartureState.Matched)
        {
            block.States[slot] = DepartureState.Replicated;
            Counts.Replicated++;
        }
    }

    /// <summary>An arrival that no departure came for within the window.</summary>
    private void CountUnmatched(long stampNs)
    {
        var arrivedNs = stampNs - options.MergeOffsetNs;
        if (arrivedNs < _warmUntilNs)
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

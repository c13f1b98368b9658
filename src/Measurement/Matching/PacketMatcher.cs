namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches departures and arrivals that come in the order of time. An arrival belongs to the first that there is of: the expected departure, which is
/// the one after the last that was matched or expired; the first in flight with its identity among the next <see cref="LookAhead"/> from there; the
/// earliest in flight with its identity. Where identities recur, that order keeps a packet from being taken for one that was lost a turn before.
/// </summary>
internal sealed class PacketMatcher(MatchOptions options, IMatchObserver observer)
{
    /// <summary>Departures from the expected one on in which an arrival is looked for before the index is asked.</summary>
    public const int LookAhead = 64;

    private readonly long _windowNs = options.WindowNs;
    private readonly DepartureLog _log = new();
    private readonly EarlyArrivals _early = new();
    private readonly MatchOutput _output = new(observer);
    private DepartureIndex? _index;

    /// <summary>The departure after the last that was matched or expired.</summary>
    private long _expected;

    /// <summary>Its block, unless it is the first of one.</summary>
    private DepartureBlock _expectedBlock = new();

    /// <summary>Departures before this position are settled: handed on in sending order.</summary>
    private long _settled;

    /// <summary>The turn of the last settled one.</summary>
    private long _settledKeyNs = long.MinValue;

    /// <summary>Up to this time no window ends.</summary>
    private long _deadlineNs = long.MinValue;
    private long? _startNs;
    private long _warmUntilNs;

    /// <summary>What was counted so far.</summary>
    public MatchCounts Counts { get; } = new();

    /// <summary>A record of the ingress tap whose turn is at <paramref name="keyNs"/>.</summary>
    public void Depart(long keyNs, in PacketRecord record)
    {
        if (keyNs > _deadlineNs)
        {
            Pass(keyNs);
        }

        _deadlineNs = Math.Min(_deadlineNs, keyNs + _windowNs);
        _log.Add(record);
        if (!_early.IsEmpty)
        {
            ClaimEarly(record);
        }
    }

    /// <summary>A record of the egress tap whose turn is at <paramref name="keyNs"/>, by the ingress clock.</summary>
    public void Arrive(long keyNs, in PacketRecord record)
    {
        if (keyNs > _deadlineNs)
        {
            Pass(keyNs);
        }

        if (_expected < _log.Head)
        {
            var slot = (int)_expected & DepartureBlock.Mask;
            if (slot == 0)
            {
                _expectedBlock = _log.BlockOf(_expected);
            }

            var block = _expectedBlock;
            if (block.Keys[slot] == record.Key && block.Checks[slot] == record.Check && block.States[slot] == DepartureState.InFlight)
            {
                Match(block, slot, record.TimeNs, _expected);
                _expected++;
                return;
            }
        }

        ArriveUnexpected(keyNs, record);
    }

    /// <summary>Hands on what is settled.</summary>
    public void Flush()
    {
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

    private void ArriveUnexpected(long keyNs, in PacketRecord record)
    {
        var position = FindAhead(record);
        if (position < 0)
        {
            position = FindInWindow(keyNs, record, out var arrivedBefore);
            if (position < 0)
            {
                if (arrivedBefore >= 0)
                {
                    CountDuplicate(arrivedBefore);
                    return;
                }

                _early.Add(keyNs, record);
                _deadlineNs = Math.Min(_deadlineNs, keyNs + _windowNs);
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

    /// <summary>The first in flight with the identity among the next departures; -1 when there is none.</summary>
    private long FindAhead(in PacketRecord record)
    {
        var end = Math.Min(_log.Head, _expected + LookAhead);
        for (var position = _expected; position < end; position++)
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
    private long FindInWindow(long keyNs, in PacketRecord record, out long arrivedBefore)
    {
        arrivedBefore = -1;
        var earliest = -1L;
        _index ??= new DepartureIndex(_log);
        for (var position = _index.FindLast(record.Key, record.Check, _log.Head);
            position >= 0;
            position = _index.FindLast(record.Key, record.Check, position))
        {
            var block = _log.BlockOf(position);
            var slot = (int)position & DepartureBlock.Mask;
            if (block.States[slot] == DepartureState.InFlight)
            {
                earliest = position;
            }
            else if (keyNs - block.SentNs[slot] > _windowNs)
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

    /// <summary>A departure for which arrivals may have had their turn. Within a tap's disorder that need not mean an earlier stamp.</summary>
    private void ClaimEarly(in PacketRecord record)
    {
        if (!_early.TryClaim(record, out var firstNs, out var count))
        {
            return;
        }

        var position = _log.Head - 1;
        Match(_log.HeadBlock, (int)position & DepartureBlock.Mask, firstNs, position);
        for (var further = 1; further < count; further++)
        {
            CountDuplicate(position);
        }
    }

    /// <summary>Time goes on: windows end. Arrivals first: a departure that they could belong to is still known then.</summary>
    private void Pass(long keyNs)
    {
        if (_startNs is null)
        {
            _startNs = keyNs;
            _warmUntilNs = options.WarmUpNs > 0 ? keyNs + options.WarmUpNs : long.MinValue;
        }

        while (_early.TryExpire(keyNs - _windowNs, out var stampNs))
        {
            CountUnmatched(stampNs);
        }

        _deadlineNs = _early.FirstKeyNs is { } firstKeyNs ? firstKeyNs + _windowNs : long.MaxValue;
        HandOnSettled(keyNs);
        while (_log.TryForgetBlock(Math.Min(_settled, _expected), _settledKeyNs - _windowNs))
        {
        }
    }

    /// <summary>Hands on departures up to the first that may still arrive; when it is <paramref name="nowNs"/>, windows end before that.</summary>
    private void HandOnSettled(long? nowNs)
    {
        for (; _settled < _log.Head; _settled++)
        {
            var block = _log.BlockOf(_settled);
            var slot = (int)_settled & DepartureBlock.Mask;
            var departedNs = TapQueue.KeyAfter(_settledKeyNs, block.SentNs[slot]);
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

            _settledKeyNs = departedNs;
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

namespace Latlab.Measurement.Matching;

/// <summary>Decides what became of departures, and hands them on in sending order.</summary>
internal sealed class Settlement(MatchOptions options, DepartureLog log, DepartureFinder finder, IBatchObserver observer)
{
    private readonly long _windowNs = options.WindowNs;

    /// <summary>The turn of the last one that was handed on.</summary>
    private long _turnNs = long.MinValue;

    /// <summary>Departures before this position are handed on.</summary>
    public long Position { get; private set; }

    /// <summary>Departures whose turns are before this time are left out.</summary>
    public long WarmUntilNs { get; set; } = long.MinValue;

    /// <summary>What was counted so far.</summary>
    public MatchCounts Counts { get; } = new();

    /// <summary>Hands on departures up to the first that may still arrive.</summary>
    public void HandOn()
    {
        while (Position < log.Head)
        {
            var (block, slot) = log.At(Position);
            var fates = block.Fates.Slice(slot, (int)Math.Min(log.Head - Position, DepartureBlock.Length - slot));
            var count = fates.IndexOf(DepartureBlock.InFlight);
            count = count < 0 ? fates.Length : count;
            if (count == 0)
            {
                return;
            }

            HandOn(block, slot, count);
            _turnNs = block.TurnNs[slot + count - 1];
            Position += count;
        }
    }

    /// <summary>
    /// Ends the windows of departures that had their turn more than one window before <paramref name="turnNs"/>; only those before
    /// <paramref name="departed"/> had theirs. Returns the last that had not arrived, or -1, and when the next window ends.
    /// </summary>
    public long EndWindows(long turnNs, long departed, out long deadlineNs)
    {
        var lastExpired = -1L;
        while (true)
        {
            HandOn();
            if (Position >= departed)
            {
                deadlineNs = long.MaxValue;
                return lastExpired;
            }

            var (block, slot) = log.At(Position);
            var departedNs = block.TurnNs[slot];
            if (turnNs - departedNs <= _windowNs)
            {
                deadlineNs = departedNs + _windowNs;
                return lastExpired;
            }

            block.Fates[slot] = FateOfUnseen(block, slot, Fate.Lost, departed);
            lastExpired = Position;
        }
    }

    /// <summary>Forgets departures before <paramref name="position"/> that nothing can belong to any more.</summary>
    public void Forget(long position)
    {
        while (log.TryForgetBlock(Math.Min(Position, position), _turnNs - _windowNs))
        {
        }
    }

    /// <summary>Decides on all that are in flight when the captures end.</summary>
    /// <param name="endNs">Turn up to which both are complete.</param>
    public void Finish(long endNs)
    {
        for (HandOn(); Position < log.Head; HandOn())
        {
            var (block, slot) = log.At(Position);
            block.Fates[slot] = FateOfUnseen(block, slot, block.TurnNs[slot] > endNs - _windowNs ? Fate.Undecided : Fate.Lost, log.Head);
        }
    }

    /// <summary>What became of a departure that nothing arrived for: the tap may have seen it twice.</summary>
    private Fate FateOfUnseen(DepartureBlock block, int slot, Fate unseen, long departed)
    {
        var earlier = finder.FindEarlier(Position);
        if (earlier < 0)
        {
            return finder.WasTakenByCopy(Position, departed) ? Fate.DuplicatedBefore : unseen;
        }

        var (earlierBlock, earlierSlot) = log.At(earlier);
        var hadArrived = earlierBlock.Fates[earlierSlot] == Fate.Implausible
            || (earlierBlock.Fates[earlierSlot] is Fate.Matched or Fate.Negative
                && earlierBlock.SentNs[earlierSlot] + earlierBlock.LatencyNs[earlierSlot] - options.MergeOffsetNs <= block.SentNs[slot]);
        return hadArrived ? Fate.Recurred : Fate.DuplicatedBefore;
    }

    private void HandOn(DepartureBlock block, int slot, int count)
    {
        if (WarmUntilNs == long.MinValue)
        {
            Emit(block, slot, count, Position);
            return;
        }

        // Turns may return from a jump ahead: those that count need not be one run.
        var turnNs = block.TurnNs.Slice(slot, count);
        for (var start = 0; start < count;)
        {
            var length = 1;
            var warm = turnNs[start] < WarmUntilNs;
            while (start + length < count && turnNs[start + length] < WarmUntilNs == warm)
            {
                length++;
            }

            if (warm)
            {
                Counts.WarmUpBefore += length;
            }
            else
            {
                Emit(block, slot + start, length, Position + start);
            }

            start += length;
        }
    }

    /// <summary>Hands on runs of one fate.</summary>
    private void Emit(DepartureBlock block, int slot, int count, long position)
    {
        for (var end = slot + count; slot < end;)
        {
            var fates = block.Fates[slot..end];
            var other = fates.IndexOfAnyExcept(fates[0]);
            var length = other < 0 ? fates.Length : other;
            var batch = new SettledBatch
            {
                SentNs = block.SentNs.Slice(slot, length),
                LatencyNs = block.LatencyNs.Slice(slot, length),
                Flows = block.Flows.Slice(slot, length),
                WireLengths = block.WireLengths.Slice(slot, length),
                Fate = fates[0],
                Position = position,
            };
            Counts.Count(batch);
            observer.OnSettled(batch);
            slot += length;
            position += length;
        }
    }
}

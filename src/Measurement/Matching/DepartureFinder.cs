namespace Latlab.Measurement.Matching;

/// <summary>Finds the departure that an arrival belongs to, when it is not the expected one.</summary>
internal sealed class DepartureFinder(DepartureLog log, MatchOptions options)
{
    /// <summary>Departures from the expected one on in which an arrival is looked for before the index is asked.</summary>
    public const int LookAhead = 64;

    /// <summary>Departures before the expected one in which it is looked for, too: neighbours that overtook each other.</summary>
    public const int LookBehind = 32;

    /// <summary>
    /// Departures of one identity that are looked at for an arrival: where packets hardly differ, each arrival too many would go through
    /// all of the window.
    /// </summary>
    private const int MostAlike = 4096;

    private readonly long _windowNs = options.WindowNs;
    private readonly DepartureIndex _index = new(log);

    /// <summary>
    /// Whether a departure is in flight. Where the clock went back, its window may have ended before that of one in front of it, which is
    /// still waited for.
    /// </summary>
    private bool IsInFlight(DepartureBlock block, int slot, long turnNs) =>
        block.Fates[slot] == DepartureBlock.InFlight && turnNs - block.TurnNs[slot] <= _windowNs;

    /// <summary>The first in flight with the identity around the expected departure; -1 when there is none.</summary>
    public long FindNear(in PacketRecord arrival, long turnNs, long expected, long first, long end)
    {
        end = Math.Min(end, expected + LookAhead);
        for (var position = Math.Max(first, expected - LookBehind); position < end; position++)
        {
            var (block, slot) = log.At(position);
            var length = (int)Math.Min(end - position, DepartureBlock.Length - slot);
            var found = block.Keys.Slice(slot, length).IndexOf(arrival.Key);
            if (found >= 0 && block.Checks[slot + found] == arrival.Check && IsInFlight(block, slot + found, turnNs))
            {
                return position + found;
            }

            position += found < 0 ? length - 1 : found;
        }

        return -1;
    }

    /// <summary>
    /// The earliest in flight with the identity; -1 when there is none, and then <paramref name="arrivedBefore"/> is the last one that
    /// departed within the window and arrived, or -1. Looks at the last <see cref="MostAlike"/> of the identity.
    /// </summary>
    public long FindInWindow(in PacketRecord arrival, long turnNs, long end, out long arrivedBefore)
    {
        arrivedBefore = -1;
        var earliest = -1L;
        var position = _index.FindLast(arrival.Key, arrival.Check, end);
        for (var alike = 0; position >= 0 && alike < MostAlike; alike++)
        {
            var (block, slot) = log.At(position);
            if (IsInFlight(block, slot, turnNs))
            {
                earliest = position;
            }
            else if (turnNs - block.TurnNs[slot] > _windowNs)
            {
                break;
            }
            else if (HasArrived(block.Fates[slot]) && arrivedBefore < 0)
            {
                arrivedBefore = position;
            }

            position = _index.FindBefore(position);
        }

        return earliest;
    }

    /// <summary>
    /// The last departure with the identity of the one at <paramref name="position"/> in the window before it; -1 when there is none.
    /// </summary>
    public long FindEarlier(long position)
    {
        var earlier = _index.FindBefore(position);
        if (earlier < 0)
        {
            return -1;
        }

        var (block, slot) = log.At(position);
        var (earlierBlock, earlierSlot) = log.At(earlier);
        return block.TurnNs[slot] - earlierBlock.TurnNs[earlierSlot] <= _windowNs ? earlier : -1;
    }

    /// <summary>
    /// Whether the last copy of the departure at <paramref name="position"/> before <paramref name="end"/> took its arrival: one that
    /// departed while the packet was still on its way.
    /// </summary>
    public bool WasTakenByCopy(long position, long end)
    {
        var (block, slot) = log.At(position);
        var later = _index.FindLast(block.Keys[slot], block.Checks[slot], end);
        if (later <= position)
        {
            return false;
        }

        var (laterBlock, laterSlot) = log.At(later);
        return HasArrived(laterBlock.Fates[laterSlot])
            && laterBlock.SentNs[laterSlot] - block.SentNs[slot] <= laterBlock.LatencyNs[laterSlot] - options.MergeOffsetNs;
    }

    private static bool HasArrived(Fate fate) => fate is Fate.Matched or Fate.Negative or Fate.Implausible;
}

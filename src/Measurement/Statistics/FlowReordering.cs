using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Reordering of one flow as RFC 4737 defines it (§3 Type-P-Reordered by NextExp, §4.2 extent and late-time offset, §5.1 n-reordering; from
/// memory, the text could not be re-read). A packet's number is its position among the departures.
/// </summary>
internal sealed class FlowReordering
{
    /// <summary>n-reordering is counted up to this n.</summary>
    public const int LongestRun = 64;

    /// <summary>Arrivals in order that every flow's history has room for; a power of two, as all histories are.</summary>
    private const int ShortestHistory = 16;

    private readonly HistoryRoom _room;

    /// <summary>The latest arrivals' positions, in a ring of a power of two.</summary>
    private readonly long[] _recent = new long[LongestRun];

    /// <summary>
    /// The latest arrivals that were not reordered, in a ring of columns: the earliest arrival with a greater position than a reordered
    /// packet is one of them, and positions rise.
    /// </summary>
    private long[] _inOrderPositions = new long[ShortestHistory];
    private long[] _inOrderArrivedNs = new long[ShortestHistory];

    /// <summary>How many reordered packets had arrived before each of them.</summary>
    private long[] _reorderedBefore = new long[ShortestHistory];
    private long _inOrderCount;
    private long _nextExpected;

    /// <param name="room">What the histories of all flows may grow by.</param>
    public FlowReordering(HistoryRoom room) => _room = room;

    /// <summary>Packets that are n-reordered and no more, by n up to <see cref="LongestRun"/>; null while nothing is reordered.</summary>
    public long[]? NReordered { get; private set; }

    public long Reordered { get; private set; }

    public Int128 ExtentSum { get; private set; }

    public long MaxExtent { get; private set; }

    public long MaxLateTimeNs { get; private set; }

    /// <summary>
    /// Reordered packets that may have been overtaken before the history begins: their extents and late-time offsets are at least what was
    /// counted.
    /// </summary>
    public long BeyondHistory { get; private set; }

    /// <summary>Packets that arrived.</summary>
    public long Arrivals => _inOrderCount + Reordered;

    /// <summary>Adds the next arrivals.</summary>
    public void Add(ReadOnlySpan<long> positions, ReadOnlySpan<long> arrivedNs)
    {
        if (!positions.IsEmpty && positions[0] >= _nextExpected && Columns.AreRising(positions))
        {
            AddInOrder(positions, arrivedNs);
            return;
        }

        for (var i = 0; i < positions.Length; i++)
        {
            if (positions[i] >= _nextExpected)
            {
                AddInOrder(positions[i], arrivedNs[i]);
            }
            else
            {
                AddReordered(positions[i], arrivedNs[i]);
            }
        }
    }

    private void AddInOrder(long position, long arrivedNs)
    {
        MakeRoom(1);
        var place = _inOrderCount & (_inOrderPositions.Length - 1);
        _inOrderPositions[place] = position;
        _inOrderArrivedNs[place] = arrivedNs;
        _reorderedBefore[place] = Reordered;
        _recent[Arrivals & (LongestRun - 1)] = position;
        _nextExpected = position + 1;
        _inOrderCount++;
    }

    private void AddInOrder(ReadOnlySpan<long> positions, ReadOnlySpan<long> arrivedNs)
    {
        MakeRoom(positions.Length);
        Write(_recent, Arrivals, positions);
        Write(_inOrderPositions, _inOrderCount, positions);
        Write(_inOrderArrivedNs, _inOrderCount, arrivedNs);
        Fill(_reorderedBefore, _inOrderCount, positions.Length, Reordered);
        _nextExpected = positions[^1] + 1;
        _inOrderCount += positions.Length;
    }

    /// <summary>Lengthens the history before it forgets, as far as it may: one step at a time, however many arrivals come together.</summary>
    private void MakeRoom(int count)
    {
        while (_inOrderCount + count > _inOrderPositions.Length && _inOrderPositions.Length < ReorderingStatistics.LongestExtent
            && _room.TryTake(_inOrderPositions.Length))
        {
            Lengthen(ref _inOrderPositions);
            Lengthen(ref _inOrderArrivedNs);
            Lengthen(ref _reorderedBefore);
        }
    }

    /// <summary>A ring that has not gone round yet keeps its places; one that has, because there was no room, is never lengthened again.</summary>
    private static void Lengthen(ref long[] ring) => Array.Resize(ref ring, 2 * ring.Length);

    /// <summary>
    /// Writes values to a ring of a power of two, where the value numbered <paramref name="number"/> and the following belong.
    /// </summary>
    private static void Write(long[] ring, long number, ReadOnlySpan<long> values)
    {
        var written = Math.Max(0, values.Length - ring.Length);
        values = values[written..];
        var start = (int)(number + written) & (ring.Length - 1);
        var untilEnd = Math.Min(values.Length, ring.Length - start);
        values[..untilEnd].CopyTo(ring.AsSpan(start));
        values[untilEnd..].CopyTo(ring);
    }

    /// <summary>The same for <paramref name="count"/> times one value.</summary>
    private static void Fill(long[] ring, long number, int count, long value)
    {
        count = Math.Min(count, ring.Length);
        // As far as the ring goes, those that are written over in this call included.
        var start = (int)number & (ring.Length - 1);
        var untilEnd = Math.Min(count, ring.Length - start);
        ring.AsSpan(start, untilEnd).Fill(value);
        ring.AsSpan(0, count - untilEnd).Fill(value);
    }

    private void AddReordered(long position, long arrivedNs)
    {
        var arrivals = Arrivals;
        var overtaker = EarliestOvertaker(position);
        var place = overtaker & (_inOrderPositions.Length - 1);
        // What the history has first is no more than the first that is known.
        BeyondHistory += overtaker > 0 && overtaker == _inOrderCount - _inOrderPositions.Length ? 1 : 0;
        var extent = arrivals - (overtaker + _reorderedBefore[place]);
        ExtentSum += extent;
        MaxExtent = Math.Max(MaxExtent, extent);
        MaxLateTimeNs = Math.Max(MaxLateTimeNs, arrivedNs - _inOrderArrivedNs[place]);
        var run = 0;
        while (run < LongestRun && run < arrivals && _recent[(arrivals - 1 - run) & (LongestRun - 1)] > position)
        {
            run++;
        }

        NReordered ??= new long[LongestRun + 1];
        NReordered[run]++;
        _recent[arrivals & (LongestRun - 1)] = position;
        Reordered++;
    }

    /// <summary>The first arrival in order with a greater position, or the first that is still known: its number among those.</summary>
    private long EarliestOvertaker(long position)
    {
        var first = Math.Max(0, _inOrderCount - _inOrderPositions.Length);
        var high = _inOrderCount - 1;
        var low = high;
        // It is mostly among the last few.
        for (var step = 1L; low > first && _inOrderPositions[low & (_inOrderPositions.Length - 1)] > position; step *= 2)
        {
            high = low;
            low = Math.Max(first, low - step);
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_inOrderPositions[middle & (_inOrderPositions.Length - 1)] > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }
}

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Reordering of one flow as RFC 4737 defines it (§3 Type-P-Reordered by NextExp, §4.2 extent and late-time offset, §5.1 n-reordering; from memory,
/// the text could not be re-read). A packet's number is its position among the departures.
/// </summary>
internal sealed class FlowReordering
{
    /// <summary>n-reordering is counted up to this n.</summary>
    public const int LongestRun = 64;

    private readonly long[] _nReordered;

    /// <summary>The latest arrivals' positions, in a ring of a power of two.</summary>
    private readonly long[] _recent = new long[LongestRun];

    /// <summary>
    /// The latest arrivals that were not reordered, in a ring: the earliest arrival with a greater position than a reordered packet is one of them,
    /// and both columns rise.
    /// </summary>
    private readonly InOrder[] _inOrder;
    private long _inOrderCount;
    private long _arrivals;
    private long _nextExpected;

    /// <param name="longestExtent">How far back extents are looked for, a power of two.</param>
    /// <param name="nReordered">Where to count packets that are n-reordered and no more, by n.</param>
    public FlowReordering(int longestExtent, long[] nReordered)
    {
        _inOrder = new InOrder[longestExtent];
        _nReordered = nReordered;
    }

    public long Reordered { get; private set; }

    public Int128 ExtentSum { get; private set; }

    public long MaxExtent { get; private set; }

    public long MaxLateTimeNs { get; private set; }

    /// <summary>Adds the next arrivals.</summary>
    public void Add(ReadOnlySpan<long> positions, ReadOnlySpan<long> arrivedNs)
    {
        arrivedNs = arrivedNs[..positions.Length];
        for (var i = 0; i < positions.Length; i++)
        {
            var position = positions[i];
            if (position >= _nextExpected)
            {
                _nextExpected = position + 1;
                _inOrder[_inOrderCount++ & (_inOrder.Length - 1)] = new InOrder(position, _arrivals, arrivedNs[i]);
            }
            else
            {
                AddReordered(position, arrivedNs[i]);
            }

            _recent[_arrivals++ & (LongestRun - 1)] = position;
        }
    }

    private void AddReordered(long position, long arrivedNs)
    {
        Reordered++;
        var overtaker = EarliestOvertaker(position);
        var extent = _arrivals - overtaker.Arrival;
        ExtentSum += extent;
        MaxExtent = Math.Max(MaxExtent, extent);
        MaxLateTimeNs = Math.Max(MaxLateTimeNs, arrivedNs - overtaker.ArrivedNs);
        var run = 0;
        while (run < LongestRun && run < _arrivals && _recent[(_arrivals - 1 - run) & (LongestRun - 1)] > position)
        {
            run++;
        }

        _nReordered[run]++;
    }

    /// <summary>The first arrival with a greater position, or the first that is still known.</summary>
    private InOrder EarliestOvertaker(long position)
    {
        var first = Math.Max(0, _inOrderCount - _inOrder.Length);
        var high = _inOrderCount - 1;
        var low = high;
        // It is mostly among the last few.
        for (var step = 1L; low > first && _inOrder[low & (_inOrder.Length - 1)].Position > position; step *= 2)
        {
            high = low;
            low = Math.Max(first, low - step);
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_inOrder[middle & (_inOrder.Length - 1)].Position > position)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return _inOrder[low & (_inOrder.Length - 1)];
    }

    private readonly record struct InOrder(long Position, long Arrival, long ArrivedNs);
}

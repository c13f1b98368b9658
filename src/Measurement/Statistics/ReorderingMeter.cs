using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>Reordering by flow (RFC 4737), summed over the flows.</summary>
public sealed class ReorderingMeter
{
    /// <summary>
    /// Arrivals that are remembered for all flows together: 48 MiB, or some 2,000 flows of more than
    /// <see cref="ReorderingStatistics.LongestExtent"/> packets.
    /// </summary>
    private const int MostRemembered = 1 << 21;

    private readonly HistoryRoom _room = new(MostRemembered);
    private readonly long[] _nReordered = new long[FlowReordering.LongestRun + 1];
    private FlowReordering?[] _flows = new FlowReordering?[16];
    private long _arrived;

    /// <summary>Packets that arrived after one of their flow that was sent later.</summary>
    public long Reordered => _flows.Sum(flow => flow?.Reordered ?? 0);

    /// <summary>Reordered packets of one flow.</summary>
    public long ReorderedOf(int flow) => flow < _flows.Length ? _flows[flow]?.Reordered ?? 0 : 0;

    /// <summary>Adds first arrivals, in the order of arrival.</summary>
    public void Add(ReadOnlySpan<ArrivedPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            FlowOf(packet.Flow).Add([packet.Position], [packet.ArrivedNs]);
        }

        _arrived += packets.Length;
    }

    /// <summary>Adds first arrivals, in the order of arrival.</summary>
    internal void Add(in ArrivedBatch packets)
    {
        for (var start = 0; start < packets.Count;)
        {
            var flow = packets.Flows[start];
            var change = packets.Flows[start..].IndexOfAnyExcept(flow);
            var count = change < 0 ? packets.Count - start : change;
            FlowOf(flow).Add(packets.Positions.Slice(start, count), packets.ArrivedNs.Slice(start, count));
            start += count;
        }

        _arrived += packets.Count;
    }

    /// <summary>All that is known.</summary>
    public ReorderingStatistics Result()
    {
        var reordered = Reordered;
        var extents = _flows.Aggregate(Int128.Zero, (sum, flow) => sum + (flow?.ExtentSum ?? 0));
        return new ReorderingStatistics
        {
            Ratio = _arrived == 0 ? 0 : (double)reordered / _arrived,
            MeanExtent = reordered == 0 ? null : (double)extents / reordered,
            MaxExtent = _flows.Max(flow => flow?.MaxExtent ?? 0),
            MaxLateTimeNs = _flows.Max(flow => flow?.MaxLateTimeNs ?? 0),
            BeyondHistory = _flows.Sum(flow => flow?.BeyondHistory ?? 0),
            NReordering = [.. NReordering()],
        };
    }

    /// <summary>A packet before which n packets have greater positions is also m-reordered for each m below n.</summary>
    private IEnumerable<LengthCount> NReordering()
    {
        for (var n = 1; n < _nReordered.Length; n++)
        {
            var count = _nReordered[n..].Sum();
            if (count == 0)
            {
                yield break;
            }

            yield return new LengthCount(n, count);
        }
    }

    private FlowReordering FlowOf(ushort flow)
    {
        if (flow < _flows.Length && _flows[flow] is { } known)
        {
            return known;
        }

        if (flow >= _flows.Length)
        {
            Array.Resize(ref _flows, Math.Max(flow + 1, _flows.Length * 2));
        }

        return _flows[flow] = new FlowReordering(_room, _nReordered);
    }
}

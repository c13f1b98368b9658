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
    private FlowReordering?[] _flows = new FlowReordering?[16];

    /// <summary>Packets that arrived after one of their flow that was sent later.</summary>
    public long Reordered => _flows.Sum(flow => flow?.Reordered ?? 0);

    /// <summary>Reordered packets of one flow.</summary>
    public long ReorderedOf(int flow) => flow < _flows.Length ? _flows[flow]?.Reordered ?? 0 : 0;

    /// <summary>All that is known of all flows.</summary>
    public ReorderingStatistics Result() => Summarise([.. _flows.OfType<FlowReordering>()]);

    /// <summary>The same of one flow.</summary>
    public ReorderingStatistics ResultOf(int flow) => Summarise(flow < _flows.Length && _flows[flow] is { } known ? [known] : []);

    /// <summary>Adds first arrivals, in the order of arrival.</summary>
    public void Add(ReadOnlySpan<ArrivedPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            FlowOf(packet.Flow).Add([packet.Position], [packet.ArrivedNs]);
        }
    }

    /// <summary>Adds first arrivals, in the order of arrival.</summary>
    internal void Add(in ArrivedBatch packets)
    {
        for (var start = 0; start < packets.Count;)
        {
            var flow = packets.Flows[start];
            var count = Columns.FirstRun(packets.Flows[start..]);
            FlowOf(flow).Add(packets.Positions.Slice(start, count), packets.ArrivedNs.Slice(start, count));
            start += count;
        }
    }

    private static ReorderingStatistics Summarise(IReadOnlyList<FlowReordering> flows)
    {
        var (arrived, reordered) = (flows.Sum(flow => flow.Arrivals), flows.Sum(flow => flow.Reordered));
        var extents = flows.Aggregate(Int128.Zero, (sum, flow) => sum + flow.ExtentSum);
        return new ReorderingStatistics
        {
            Ratio = arrived == 0 ? 0 : (double)reordered / arrived,
            MeanExtent = reordered == 0 ? null : (double)extents / reordered,
            MaxExtent = flows.Select(flow => flow.MaxExtent).DefaultIfEmpty().Max(),
            MaxLateTimeNs = flows.Select(flow => flow.MaxLateTimeNs).DefaultIfEmpty().Max(),
            BeyondHistory = flows.Sum(flow => flow.BeyondHistory),
            NReordering = [.. NReordering([.. flows.Select(flow => flow.NReordered).OfType<long[]>()])],
        };
    }

    /// <summary>A packet before which n packets have greater positions is also m-reordered for each m below n.</summary>
    private static IEnumerable<LengthCount> NReordering(IReadOnlyList<long[]> flows)
    {
        for (var n = 1; n <= FlowReordering.LongestRun; n++)
        {
            var count = flows.Sum(flow => flow[n..].Sum());
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

        return _flows[flow] = new FlowReordering(_room);
    }
}

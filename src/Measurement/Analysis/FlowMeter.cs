using System.Runtime.InteropServices;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>What became of the packets of the first flows, each flow as a stream of its own.</summary>
/// <param name="most">How many flows: those whose packets are settled first, whatever their indices.</param>
internal sealed class FlowMeter(int most) : IIntervalObserver
{
    private readonly HistoryRoom _intervals = new(FlowCourse.MostIntervals);

    /// <summary>Further arrivals of packets of flows of which no packet is settled: these are not known to be among the first yet.</summary>
    private readonly Dictionary<ushort, MatchCounts> _early = [];

    /// <summary>By index; grows with the highest that was seen.</summary>
    private Flow?[] _flows = [];
    private int _count;

    /// <summary>The flows that were seen first, by index.</summary>
    public IEnumerable<(int Index, Flow Flow)> Flows => _flows.Index().Where(flow => flow.Item is not null).Select(flow => (flow.Index, flow.Item!));

    /// <summary>Packets, and further records of such, of all other flows.</summary>
    public long Others { get; private set; }

    /// <summary>Packets that are in no interval of their flow's course, as all flows together had too many.</summary>
    public long BeyondCourse => Flows.Sum(flow => flow.Flow.Course.Beyond);

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        for (var start = 0; start < packets.Count;)
        {
            var index = packets.Flows[start];
            var count = Columns.FirstRun(packets.Flows[start..]);
            if (Of(index) is { } flow)
            {
                flow.Add(packets.Slice(start, count));
            }
            else
            {
                Others += count;
            }

            start += count;
        }
    }

    /// <inheritdoc/>
    public void OnCounted(Interval interval, Fate fate, ReadOnlySpan<long> latencyNs, ReadOnlySpan<ushort> flows)
    {
        while (!flows.IsEmpty)
        {
            var count = Columns.FirstRun(flows);
            Of(flows[0])?.Course.Add(interval, fate, latencyNs[..count]);
            latencyNs = latencyNs[count..];
            flows = flows[count..];
        }
    }

    /// <summary>A packet of a flow arrived once more.</summary>
    /// <param name="index">The flow.</param>
    /// <param name="isFirst">Whether it is the first further arrival of a packet with a latency.</param>
    public void AddDuplicate(ushort index, bool isFirst)
    {
        if (Known(index) is { } flow)
        {
            flow.Counts.CountDuplicate(isFirst);
        }
        else if (_count < most)
        {
            (CollectionsMarshal.GetValueRefOrAddDefault(_early, index, out _) ??= new MatchCounts()).CountDuplicate(isFirst);
        }
    }

    private Flow? Known(ushort index) => index < _flows.Length ? _flows[index] : null;

    private Flow? Of(ushort index)
    {
        if (Known(index) is { } known)
        {
            return known;
        }

        if (_count == most)
        {
            return null;
        }

        if (index >= _flows.Length)
        {
            Array.Resize(ref _flows, Math.Max(index + 1, 2 * _flows.Length));
        }

        _count++;
        return _flows[index] = new Flow(_early.Remove(index, out var counts) ? counts : new MatchCounts(), _intervals);
    }

    internal sealed class Flow(MatchCounts counts, HistoryRoom intervals)
    {
        /// <summary>Arrivals that belong to no departure are of no flow: flows are told apart before the device.</summary>
        public MatchCounts Counts => counts;

        public LatencyCounts Latency { get; } = new();

        public LossMeter Loss { get; } = new();

        /// <summary>Of consecutive packets of the flow.</summary>
        public DelayVariationMeter Variation { get; } = new();

        public FlowCourse Course { get; } = new(intervals);

        public void Add(in SettledBatch packets)
        {
            Counts.Count(packets);
            Loss.Add(packets);
            Variation.Add(packets);
            if (packets.Fate == Fate.Matched)
            {
                Latency.Add(packets.LatencyNs);
            }
        }
    }
}

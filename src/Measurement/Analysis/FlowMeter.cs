using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>Counts and latencies of the first flows.</summary>
/// <param name="most">How many flows.</param>
internal sealed class FlowMeter(int most)
{
    private readonly Flow?[] _flows = new Flow?[most];

    /// <summary>The flows that were seen, by index.</summary>
    public IEnumerable<(int Index, Flow Flow)> Flows => _flows.Index().Where(flow => flow.Item is not null).Select(flow => (flow.Index, flow.Item!));

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        if (packets.IsOfCopies)
        {
            return;
        }

        for (var i = 0; i < packets.Count; i++)
        {
            var index = packets.Flows[i];
            if (index >= _flows.Length)
            {
                continue;
            }

            var flow = _flows[index] ??= new Flow();
            flow.Sent++;
            if (packets.Fate == Fate.Matched)
            {
                flow.Latency.Add(packets.LatencyNs[i]);
            }
            else if (packets.Fate == Fate.Lost)
            {
                flow.Lost++;
            }
        }
    }

    internal sealed class Flow
    {
        public LatencyCounts Latency { get; } = new();

        public long Sent { get; set; }

        public long Lost { get; set; }
    }
}

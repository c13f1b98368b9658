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
        for (var i = 0; i < packets.Count; i++)
        {
            var (index, fate) = (packets.Flows[i], packets.Fates[i]);
            if (index >= _flows.Length || fate is Fate.DuplicatedBefore or Fate.Recurred)
            {
                continue;
            }

            var flow = _flows[index] ??= new Flow();
            flow.Sent++;
            if (fate == Fate.Matched)
            {
                flow.Latency.Add(packets.LatencyNs[i]);
            }
            else if (fate == Fate.Lost)
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

using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Interarrival jitter J by flow (RFC 3550 §6.4.1): with D the difference of the latencies of two packets that arrive one after the other,
/// J += (|D| - J) / 16, from the second packet on. Kept in sixteenths of a nanosecond and rounded as in that RFC's appendix A.8.
/// </summary>
internal sealed class JitterMeter
{
    private FlowJitter[] _flows = new FlowJitter[16];

    /// <summary>The highest jitter that any flow had at any time, in nanoseconds.</summary>
    public double Highest => _flows.Max(flow => flow.Highest16) / 16.0;

    /// <summary>The highest jitter that any flow has at the end, in nanoseconds.</summary>
    public double HighestAtEnd => _flows.Max(flow => flow.Jitter16) / 16.0;

    /// <summary>A flow's jitter at the end, in nanoseconds.</summary>
    public double Of(int flow) => flow < _flows.Length ? _flows[flow].Jitter16 / 16.0 : 0;

    /// <summary>The highest jitter that a flow had at any time, in nanoseconds.</summary>
    public double HighestOf(int flow) => flow < _flows.Length ? _flows[flow].Highest16 / 16.0 : 0;

    /// <summary>Adds first arrivals, in the order of arrival.</summary>
    public void Add(in ArrivedBatch packets)
    {
        for (var start = 0; start < packets.Count;)
        {
            var flow = packets.Flows[start];
            var count = Columns.FirstRun(packets.Flows[start..]);
            if (flow >= _flows.Length)
            {
                Array.Resize(ref _flows, Math.Max(flow + 1, _flows.Length * 2));
            }

            _flows[flow].Add(packets.LatencyNs.Slice(start, count));
            start += count;
        }
    }

    private struct FlowJitter
    {
        private long _lastLatencyNs;
        private bool _started;

        public long Jitter16 { get; private set; }

        public long Highest16 { get; private set; }

        public void Add(ReadOnlySpan<long> latencyNs)
        {
            var last = _started ? _lastLatencyNs : latencyNs[0];
            var (jitter, highest) = (Jitter16, Highest16);
            foreach (var latency in _started ? latencyNs : latencyNs[1..])
            {
                // In this order three operations wait for each other, and not four.
                jitter = jitter + Math.Abs(latency - last) - ((jitter + 8) >> 4);
                highest = Math.Max(highest, jitter);
                last = latency;
            }

            (Jitter16, Highest16, _lastLatencyNs, _started) = (jitter, highest, last, true);
        }
    }
}

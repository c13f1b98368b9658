using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Interarrival jitter J by flow (RFC 3550 §6.4.1): with D the difference of the latencies of two packets that arrive one after the other,
/// J += (|D| - J) / 16, from the second packet on.
/// </summary>
public sealed class JitterMeter
{
    private FlowJitter[] _flows = new FlowJitter[16];

    /// <summary>The highest jitter that any flow had at any time, in nanoseconds.</summary>
    public double Highest => _flows.Max(flow => flow.Highest);

    /// <summary>The highest jitter that any flow has at the end, in nanoseconds.</summary>
    public double HighestAtEnd => _flows.Max(flow => flow.Jitter);

    /// <summary>A flow's jitter at the end, in nanoseconds.</summary>
    public double Of(int flow) => flow < _flows.Length ? _flows[flow].Jitter : 0;

    /// <summary>Adds first arrivals, in the order of arrival.</summary>
    public void Add(ReadOnlySpan<ArrivedPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            if (packet.Flow >= _flows.Length)
            {
                Array.Resize(ref _flows, Math.Max(packet.Flow + 1, _flows.Length * 2));
            }

            _flows[packet.Flow].Add(packet.ArrivedNs - packet.SentNs);
        }
    }

    private struct FlowJitter
    {
        private long _lastLatencyNs;
        private bool _started;

        public double Jitter { get; private set; }

        public double Highest { get; private set; }

        public void Add(long latencyNs)
        {
            if (_started)
            {
                Jitter += (Math.Abs(latencyNs - _lastLatencyNs) - Jitter) / 16;
                Highest = Math.Max(Highest, Jitter);
            }

            _lastLatencyNs = latencyNs;
            _started = true;
        }
    }
}

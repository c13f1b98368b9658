using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>Time between consecutive packets of a capture, in nanoseconds. A stamp that goes back gives no gap.</summary>
public sealed class GapMeter
{
    private long _lastNs = long.MinValue;

    /// <summary>The gaps.</summary>
    public LatencyCounts Counts { get; } = new();

    /// <summary>Adds packets in the order of capture, by their stamps from <paramref name="fromNs"/> on.</summary>
    public void Add(ReadOnlySpan<PacketRecord> packets, long fromNs)
    {
        var last = _lastNs;
        foreach (ref readonly var packet in packets)
        {
            if (last >= fromNs && packet.TimeNs >= last)
            {
                Counts.Add(packet.TimeNs - last);
            }

            last = packet.TimeNs;
        }

        _lastNs = last;
    }
}

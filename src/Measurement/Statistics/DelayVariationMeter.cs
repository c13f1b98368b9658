using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// IPDV (RFC 3393 and RFC 5481 §4.1): a packet's latency less that of the packet sent just before it. There is none where either did not arrive.
/// </summary>
public sealed class DelayVariationMeter
{
    private long? _lastLatencyNs;

    /// <summary>The values in nanoseconds.</summary>
    public SignedCounts Counts { get; } = new();

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(ReadOnlySpan<SettledPacket> packets)
    {
        var last = _lastLatencyNs;
        foreach (ref readonly var packet in packets)
        {
            if (packet.Fate == Fate.Matched)
            {
                if (last is { } lastNs)
                {
                    Counts.Add(packet.LatencyNs - lastNs);
                }

                last = packet.LatencyNs;
            }
            else if (packet.Fate is not (Fate.DuplicatedBefore or Fate.Recurred))
            {
                // Copies are no packets of the stream.
                last = null;
            }
        }

        _lastLatencyNs = last;
    }
}

using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// IPDV (RFC 3393 and RFC 5481 §4.1): a packet's latency less that of the packet sent just before it. There is none where either did not
/// arrive.
/// </summary>
internal sealed class DelayVariationMeter
{
    private long? _lastLatencyNs;

    /// <summary>The values in nanoseconds.</summary>
    public SignedCounts Counts { get; } = new();

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        if (packets.Fate != Fate.Matched)
        {
            _lastLatencyNs = packets.IsOfCopies ? _lastLatencyNs : null;
            return;
        }

        var latencyNs = packets.LatencyNs;
        if (_lastLatencyNs is { } lastNs)
        {
            Counts.Add(latencyNs[0] - lastNs);
        }

        Counts.AddDifferences(latencyNs);
        _lastLatencyNs = latencyNs[^1];
    }
}

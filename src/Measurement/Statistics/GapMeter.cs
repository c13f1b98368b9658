using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Statistics;

/// <summary>Time between consecutive packets of a capture, in nanoseconds. A stamp that goes back gives no gap.</summary>
internal sealed class GapMeter
{
    /// <summary>The gaps.</summary>
    public LatencyCounts Counts { get; } = new();

    /// <summary>Adds packets in the order of capture: the gaps after those with stamps from <paramref name="fromNs"/> on.</summary>
    public void Add(in CapturedBatch packets, long fromNs)
    {
        var gapsNs = packets.GapsNs;
        var timesNs = packets.TimesNs[^gapsNs.Length..];
        if (gapsNs.IsEmpty)
        {
            return;
        }

        if (timesNs[0] - gapsNs[0] >= fromNs && !gapsNs.ContainsAnyInRange(long.MinValue, -1))
        {
            Counts.Add(gapsNs);
            return;
        }

        for (var i = 0; i < gapsNs.Length; i++)
        {
            if (gapsNs[i] >= 0 && timesNs[i] - gapsNs[i] >= fromNs)
            {
                Counts.Add(gapsNs[i]);
            }
        }
    }
}

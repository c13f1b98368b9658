using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Cli.Metering;

/// <summary>What a run's report says of its packets.</summary>
internal sealed class RunStatistics : IMatchObserver
{
    private readonly ReorderingMeter _reordering = new();

    /// <summary>Latencies of matched packets.</summary>
    public LatencyCounts Latency { get; } = new();

    /// <summary>Packets that arrived after one of their flow that was sent later.</summary>
    public long Reordered => _reordering.Reordered;

    /// <summary>Packets that departed, copies not counted.</summary>
    public long Sent { get; private set; }

    /// <summary>First departure in nanoseconds; null when there was none.</summary>
    public long? FirstSentNs { get; private set; }

    /// <summary>Last departure.</summary>
    public long? LastSentNs { get; private set; }

    public void OnSettled(ReadOnlySpan<SettledPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            if (packet.Fate is Fate.DuplicatedBefore or Fate.Recurred)
            {
                continue;
            }

            Sent++;
            FirstSentNs = Math.Min(FirstSentNs ?? long.MaxValue, packet.SentNs);
            LastSentNs = Math.Max(LastSentNs ?? long.MinValue, packet.SentNs);
            if (packet.Fate == Fate.Matched)
            {
                Latency.Add(packet.LatencyNs);
            }
        }
    }

    public void OnArrived(ReadOnlySpan<ArrivedPacket> packets) => _reordering.Add(packets);
}

using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>The slowest packets; of equally slow ones the earlier.</summary>
/// <param name="most">How many.</param>
internal sealed class WorstPackets(int most)
{
    private readonly PriorityQueue<Candidate, (long LatencyNs, long Earlier)> _slowest = new(most + 1);

    /// <summary>Latencies up to this one are not among the slowest.</summary>
    private long _thresholdNs = most > 0 ? -1 : long.MaxValue;

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        if (packets.Fate != Fate.Matched || Columns.Max(packets.LatencyNs) <= _thresholdNs)
        {
            return;
        }

        for (var i = 0; i < packets.Count; i++)
        {
            if (packets.LatencyNs[i] > _thresholdNs)
            {
                Add(new Candidate(packets.LatencyNs[i], packets.SentNs[i], packets.Position + i, packets.Flows[i]));
            }
        }
    }

    /// <summary>The slowest, slowest first.</summary>
    public IReadOnlyList<WorstPacket> Result() =>
        [.. _slowest.UnorderedItems
            .Select(item => item.Element)
            .OrderByDescending(packet => packet.LatencyNs)
            .ThenBy(packet => packet.Position)
            .Select(packet => new WorstPacket(packet.LatencyNs, packet.SentNs, packet.SentNs + packet.LatencyNs, packet.Flow))];

    private void Add(in Candidate packet)
    {
        var rank = (packet.LatencyNs, -packet.Position);
        if (_slowest.Count < most)
        {
            _slowest.Enqueue(packet, rank);
        }
        else
        {
            _slowest.EnqueueDequeue(packet, rank);
        }

        if (_slowest.Count == most && _slowest.TryPeek(out _, out var lowest))
        {
            _thresholdNs = lowest.LatencyNs;
        }
    }

    private readonly record struct Candidate(long LatencyNs, long SentNs, long Position, ushort Flow);
}

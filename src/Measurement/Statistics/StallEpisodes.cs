using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// Groups the slowest packets by event. While a forwarder stalls, packets queue; each of them arrives after the stall, so their times in
/// flight overlap. Packets whose times in flight overlap, directly or through others, are one episode.
/// </summary>
public static class StallEpisodes
{
    /// <summary>The episodes of a list of slow packets in any order, in the order of time.</summary>
    public static IReadOnlyList<StallEpisode> Of(IEnumerable<WorstPacket> worst)
    {
        var episodes = new List<StallEpisode>();
        foreach (var packet in worst.OrderBy(packet => packet.SentNs))
        {
            if (episodes.Count > 0 && packet.SentNs <= episodes[^1].EndNs)
            {
                var episode = episodes[^1];
                episodes[^1] = new StallEpisode(
                    episode.StartNs, Math.Max(episode.EndNs, packet.ArrivedNs), Math.Max(episode.PeakNs, packet.LatencyNs), episode.Packets + 1);
            }
            else
            {
                episodes.Add(new StallEpisode(packet.SentNs, packet.ArrivedNs, packet.LatencyNs, 1));
            }
        }

        return episodes;
    }
}

namespace Latlab.Measurement.Identity;

/// <summary>
/// Which way packets go through the device where both captures have both ways, as taps on a duplex link and mirror ports do: replies pass
/// the tap after the device first. Told by the hosts on either side, which are learnt from the first packets.
/// </summary>
public sealed class TrafficDirections
{
    private readonly HashSet<UInt128> _farHosts;

    private TrafficDirections(HashSet<UInt128> farHosts, ClockOffset forward, ClockOffset reverse) =>
        (_farHosts, Forward, Reverse) = (farHosts, forward, reverse);

    /// <summary>After − before over the packets that pass the tap before the device first.</summary>
    public ClockOffset Forward { get; }

    /// <summary>Before − after over those that pass the tap after it first: their latency, less what the clocks are apart.</summary>
    public ClockOffset Reverse { get; }

    /// <summary>
    /// Whether a flow's packets come from the far side. Those of hosts that were not seen before are taken for the usual way.
    /// </summary>
    public bool IsReverse(in FlowKey flow) => _farHosts.Contains(flow.Source);

    /// <summary>
    /// Learns from packets that were found in both captures. However far the clocks are apart, after − before is higher for packets that
    /// pass the tap before first, as latencies are positive. Null when there are no two directions, or when a host seems to be on both
    /// sides.
    /// </summary>
    /// <param name="flows">After − before in nanoseconds by flow; one packet or more each.</param>
    internal static TrafficDirections? Of(IReadOnlyDictionary<FlowKey, long[]> flows)
    {
        HashSet<UInt128> near = [];
        HashSet<UInt128> far = [];
        List<long> forward = [];
        List<long> reverse = [];
        foreach (var (flow, differences) in flows)
        {
            if (flow.Source == flow.Destination || !flows.TryGetValue(flow.Reversed, out var others))
            {
                continue;
            }

            var isForward = Median(differences) > Median(others);
            (isForward ? near : far).Add(flow.Source);
            (isForward ? far : near).Add(flow.Destination);
            (isForward ? forward : reverse).AddRange(differences);
        }

        return forward.Count == 0 || reverse.Count == 0 || near.Overlaps(far) || Median(forward) <= Median(reverse)
            ? null
            : new TrafficDirections(far, ClockOffset.Of(forward), ClockOffset.Of(reverse.Select(difference => -difference)));
    }

    private static long Median(IReadOnlyCollection<long> values) => values.Order().ElementAt((values.Count - 1) / 2);
}

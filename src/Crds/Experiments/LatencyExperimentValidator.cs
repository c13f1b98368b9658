using System.Globalization;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Experiments;

/// <summary>
/// The rules of a LatencyExperiment that span several fields. What depends on the cluster (whether the node has the interfaces, CPUs and
/// pages) is the operator's to check.
/// </summary>
public sealed class LatencyExperimentValidator : SpecValidator<LatencyExperimentSpec>
{
    /// <summary>Longest warm-up, and longest window of measurement.</summary>
    public static readonly TimeSpan LongestTraffic = TimeSpan.FromHours(24);

    /// <summary>Longest latency that may count as arrival: what the meter must remember grows with it.</summary>
    public static readonly TimeSpan LongestWindow = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Shortest latency bound: a tap's records may be out of order by as much, and of packets whose time is up by then the meter knows
    /// nothing any more.
    /// </summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Most packets in a window. The meter remembers each for so long: 32 bytes in a table that is at most half full and doubles, 24 in a
    /// queue, less than 200 MiB in all, of its 512.
    /// </summary>
    public const int MostPacketsInWindow = 1_000_000;

    // Preamble, start delimiter and inter-frame gap (IEEE 802.3) take the time of 20 bytes on the wire.
    private const int WireOverheadBytes = 20;
    private const long FastestWireBitsPerSecond = 400_000_000_000;
    private const long LeastHugePageBytes = 64L << 20;

    /// <summary>Sets up the rules.</summary>
    public LatencyExperimentValidator()
    {
        Rule(Times);
        Rule(PacketsInWindow);
        Rule(Load);
        Rule(Interfaces);
        Rule(HugePages);
        Rule(spec =>
            Doubles("spec.measurement.objectives", spec.Measurement.Objectives, o => o.Metric, "set one bound for each metric", ".metric"));
    }

    private static IEnumerable<Refusal> Times(LatencyExperimentSpec spec)
    {
        var traffic = spec.Traffic;
        foreach (var (field, text) in new[] { ("spec.traffic.warmUp", traffic.WarmUp), ("spec.traffic.duration", traffic.Duration) })
        {
            if (!LengthOfTime.TryParse(text, out var length) || length > LongestTraffic)
            {
                yield return new Refusal(field, text, "is longer than 24h", "write at most 24h");
            }
        }

        if (!LengthOfTime.TryParse(spec.Measurement.Window, out var window) || window > LongestWindow)
        {
            yield return new Refusal("spec.measurement.window", spec.Measurement.Window, "is longer than 10s", "write at most 10s");
        }
        else if (window < ShortestWindow)
        {
            yield return new Refusal(
                "spec.measurement.window", spec.Measurement.Window, "is shorter than 1ms, by which packets of one capture may be out of order", "write at least 1ms");
        }
        else if (LengthOfTime.TryParse(traffic.Duration, out var duration) && window > duration)
        {
            yield return new Refusal(
                "spec.measurement.window", spec.Measurement.Window,
                $"is longer than spec.traffic.duration ({traffic.Duration}): every packet would be undecided",
                "make the window shorter or the duration longer");
        }
    }

    private static IEnumerable<Refusal> PacketsInWindow(LatencyExperimentSpec spec)
    {
        var rate = spec.Traffic.Rate;
        var longest = TimeSpan.FromTicks((long)MostPacketsInWindow * TimeSpan.TicksPerSecond / rate);
        if (LengthOfTime.TryParse(spec.Measurement.Window, out var window) && window <= LongestWindow && window > longest)
        {
            yield return new Refusal(
                "spec.measurement.window", spec.Measurement.Window,
                $"at {Number(rate)} packets/s is more than {Number(MostPacketsInWindow)} packets, which the meter has no memory for",
                $"write at most {LengthOfTime.Format(longest)}, or lower spec.traffic.rate");
        }
    }

    private static IEnumerable<Refusal> Load(LatencyExperimentSpec spec)
    {
        var bits = 8L * (spec.Traffic.FrameSize + WireOverheadBytes) * spec.Traffic.Rate;
        if (bits > FastestWireBitsPerSecond)
        {
            var most = FastestWireBitsPerSecond / (8L * (spec.Traffic.FrameSize + WireOverheadBytes));
            yield return new Refusal(
                "spec.traffic.rate", Number(spec.Traffic.Rate),
                $"in frames of {spec.Traffic.FrameSize} bytes is {Number(bits / 1_000_000_000)} Gbit/s, more than any port carries",
                $"write at most {Number(most)}");
        }
    }

    private static IEnumerable<Refusal> Interfaces(LatencyExperimentSpec spec)
    {
        var taps = spec.Measurement.Taps;
        var sender = spec.Traffic.Interface;
        if (taps.Ingress == taps.Egress)
        {
            yield return new Refusal(
                "spec.measurement.taps.egress", taps.Egress, "is the ingress tap, too", "name the interface behind the forwarder");
        }
        else if (taps.Egress == sender)
        {
            yield return new Refusal(
                "spec.measurement.taps.egress", taps.Egress, "is the interface that the traffic leaves from (spec.traffic.interface)",
                "name the interface behind the forwarder");
        }

        if (spec.Forwarder is not { } forwarder)
        {
            yield break;
        }

        var ports = Doubles("spec.forwarder.ports", forwarder.Ports, p => p.Interface, "name two different interfaces", ".interface");
        foreach (var refusal in ports)
        {
            yield return refusal;
        }

        if (forwarder.Ports.Any(p => p.Interface == sender))
        {
            yield return new Refusal(
                "spec.traffic.interface", sender, "is a port of the forwarder, too",
                "send on an interface that is wired to one of its ports");
        }
    }

    private static IEnumerable<Refusal> HugePages(LatencyExperimentSpec spec)
    {
        if (spec.Forwarder?.HugePages is { } pages && pages.Count * Bytes(pages.Size) < LeastHugePageBytes)
        {
            yield return new Refusal(
                "spec.forwarder.hugePages.count", Number(pages.Count), $"pages of {pages.Size} are less than the 64Mi that testpmd needs",
                $"write at least {Number(LeastHugePageBytes / Bytes(pages.Size))}");
        }
    }

    private static long Bytes(string size) =>
        long.Parse(size.AsSpan(0, size.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture) << size[^2] switch
        {
            'K' => 10,
            'M' => 20,
            _ => 30,
        };

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

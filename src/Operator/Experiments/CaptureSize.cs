using Latlab.Crds.Experiments;
using Latlab.Crds.Validation;

namespace Latlab.Operator.Experiments;

/// <summary>How much of a node's disk an experiment's pcap files take.</summary>
internal static class CaptureSize
{
    private const int Taps = 2;

    /// <summary>Header of each packet in a pcap file.</summary>
    private const int RecordHeaderBytes = 16;

    /// <summary>The longest frame that a capture keeps whole: 1518 bytes and a VLAN tag.</summary>
    private const int LongestFrameBytes = 1522;

    private const decimal MiB = 1 << 20;

    /// <summary>
    /// Of all runs together, in MiB, for a spec that its validator let pass. A decimal: a wish may be for more bytes than a long holds.
    /// </summary>
    public static decimal InMiB(LatencyExperimentSpec spec)
    {
        var traffic = spec.Traffic;
        var seconds = (decimal)(LengthOfTime.Parse(traffic.WarmUp) + LengthOfTime.Parse(traffic.Duration)).Ticks / TimeSpan.TicksPerSecond;
        var bytesPerPacket = Math.Min(traffic.FrameSize, LongestFrameBytes) + RecordHeaderBytes;
        return decimal.Ceiling(Taps * traffic.Rate * seconds * bytesPerPacket * spec.Repetitions / MiB);
    }
}

using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Tests.Identity;

/// <summary>
/// Traffic of 20,000 packets, one each microsecond, and a device with a latency of 5,000 to 5,006 ns between two captures.
/// </summary>
internal static class ProbeTraffic
{
    public const long StartNs = 1_700_000_000_000_000_000;
    public const int GapNs = 1000;

    public static readonly List<(long TimeNs, TestFrame Frame)> Sent = [.. Enumerable.Range(0, 20_000).Select(i =>
        (StartNs + ((long)i * GapNs), new TestFrame { IpId = (ushort)i, Payload = [.. BitConverter.GetBytes(i), .. new byte[100]] }))];

    /// <summary>Probes the traffic of <see cref="Sent"/> through a device with a latency of 5,000 to 5,006 ns.</summary>
    public static ProbeResult Probe(
        Func<TestFrame, TestFrame?> device,
        Func<TestFrame, TestFrame>? traffic = null,
        long offsetNs = 0,
        int keptBefore = 0,
        int keptAfter = 0,
        string? asked = null)
    {
        var before = new List<CapturedFrame>();
        var after = new List<CapturedFrame>();
        for (var i = 0; i < Sent.Count; i++)
        {
            var frame = traffic is null ? Sent[i].Frame : traffic(Sent[i].Frame);
            before.Add(Cut(new CapturedFrame(Sent[i].TimeNs, frame.Build()), keptBefore));
            if (device(frame) is { } forwarded)
            {
                after.Add(Cut(new CapturedFrame(Sent[i].TimeNs + offsetNs + 5000 + (i % 7), forwarded.Build()), keptAfter));
            }
        }

        return IdentityProbe.Run(() => new MemorySource(before), () => new MemorySource(after), asked is null ? null : IdentityRule.Parse(asked));
    }

    private static CapturedFrame Cut(CapturedFrame frame, int kept) => kept == 0 ? frame : frame.CutTo(kept);
}

using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Matching;

/// <summary>Feeds a matcher with short records.</summary>
internal static class MatchFeed
{
    public const long Window = 1_000;

    /// <summary>Times from 2³² ns before to after a full second, so that any 32-bit or per-second arithmetic shows.</summary>
    public const long Start = 1_700_000_000_000_000_000 - 2_000;

    public static PacketRecord At(long time, ulong sequence) => PacketRecord.Numbered(Start + time, sequence, 0);

    public static (MatchResult Result, MatchRecorder Found) Feed(PacketRecord[] ingress, PacketRecord[] egress) =>
        Feed(ingress, egress, new Random(1), Start + 5_000, new MatchOptions(Window));

    /// <summary>Adds both taps' records in random batches, either tap ahead of the other, now and then with news of an idle tap.</summary>
    public static (MatchResult Result, MatchRecorder Found) Feed(
        PacketRecord[] ingress, PacketRecord[] egress, Random random, long captureEndNs, MatchOptions options, bool news = true, int most = 8)
    {
        var found = new MatchRecorder();
        var matcher = new StreamMatcher(options, found);
        var taps = new[] { (Tap: Tap.Ingress, Records: ingress, Next: 0), (Tap: Tap.Egress, Records: egress, Next: 0) };
        while (taps.Any(tap => tap.Next < tap.Records.Length))
        {
            ref var tap = ref taps[random.Next(2)];
            var count = Math.Min(random.Next(most), tap.Records.Length - tap.Next);
            matcher.Add(tap.Tap, tap.Records.AsSpan(tap.Next, count));
            tap.Next += count;
            var rest = tap.Records.AsSpan(tap.Next).ToArray();
            if (news && random.Next(4) == 0 && rest.Length > 0)
            {
                matcher.Advance(tap.Tap, rest.Min(record => record.TimeNs));
            }
        }

        return (matcher.Finish(captureEndNs), found);
    }
}

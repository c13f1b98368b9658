namespace Latlab.Reports.Html;

/// <summary>What the numbers mean, in short.</summary>
internal static class DefinitionsSection
{
    private static readonly (string Term, string Meaning)[] Definitions =
    [
        ("Latency", "Arrival stamp less departure stamp: first bit in to first bit out (RFC 1242, bit-forwarding) where both taps stamp at the start of a frame."),
        ("Percentile", "By nearest rank (RFC 2330 §11.3): the smallest latency that at least this share of the packets did not exceed. A packet’s own, never a mean of two."),
        ("Confidence interval", "Of 95 %, from order statistics, without an assumption on the distribution but with one of independent packets."),
        ("Weak", "Fewer than 10 packets lie above the percentile: it shows single packets or a single event."),
        ("Matched, lost, undecided", "Arrived within the window (Tmax); did not; departed so late that the captures end before the window does."),
        ("Reordered", "Arrived after a packet of its flow that was sent later (RFC 4737)."),
        ("PDV, IPDV", "Latency less the lowest (RFC 5481); latency less that of the packet sent just before, where both arrived (RFC 3393)."),
        ("Jitter", "The smoothed interarrival jitter of RFC 3550 §6.4.1, in order of arrival."),
        ("Stall episode", "Slow packets whose times in flight overlap: one event held them up. 5000 slow packets may be one event."),
        ("Clock verdict", "Trustworthy: nothing speaks against the latencies. Suspicious: they may be off. Unusable: they mean nothing."),
    ];

    public static Section Create() => new("definitions", "Definitions in short", page =>
    {
        page.Start("dl", ("class", "definitions"));
        foreach (var (term, meaning) in Definitions)
        {
            page.Element("dt", term).Element("dd", meaning);
        }

        page.End();
    });
}

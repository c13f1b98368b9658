using Latlab.Cli.Metering;
using Latlab.Crds.Runs;
using Latlab.Measurement.Live;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Tests.Metering;

public sealed class MeterReportsTests
{
    [Theory]
    [InlineData(0, 0, "0")]
    [InlineData(0, 10, "0")]
    [InlineData(1, 10, "10")]
    [InlineData(1, 3, "33.333333")]
    [InlineData(1, 100_000_000_000, "0.000001")]
    [InlineData(5, 5, "100")]
    public void Loss_is_in_percent_with_up_to_six_decimals_and_never_rounded_away(long lost, long sent, string expected) =>
        Assert.Equal(expected, MeterReports.LossPercent(lost, sent));

    [Fact]
    public void Everything_is_mapped()
    {
        const long start = 1_700_000_000_000_000_000;
        var statistics = new RunStatistics();
        var matcher = new StreamMatcher(new MatchOptions(1_000_000), statistics);
        for (var i = 0; i < 1000; i++)
        {
            matcher.Add(Tap.Ingress, [PacketRecord.Numbered(start + (i * 100_000L), (ulong)i, 0)]);
            matcher.Add(Tap.Egress, [PacketRecord.Numbered(start + (i * 100_000L) + 1000 + i, (ulong)i, 0)]);
        }

        matcher.Add(Tap.Ingress, [PacketRecord.Numbered(start + 100_000_000, 1000, 0), PacketRecord.Numbered(start + 100_000_001, 1000, 0)]);
        var outcome = new MeterOutcome(matcher.Finish(start + 200_000_000), statistics, new CaptureStatistics(9, 1, 2), new CaptureStatistics(9, 3, 4),
            1001, 2, "0-1", ["one", "two"]);
        var report = MeterReports.From(outcome);

        var results = report.Results!;
        Assert.True(report.EndMarkerSeen);
        Assert.Equal((1001, 1000, 1, 0), (results.Sent, results.Matched, results.Lost, results.Undecided));
        Assert.Equal((1, 2, "0-1", "one. two"), (results.DuplicatedBefore, report.ClockSteps, report.Cpus, report.ArtifactsError));
        Assert.Equal((3, 7), (results.CaptureDrops.Ingress, results.CaptureDrops.Egress));
        Assert.Equal((1000, 1500, 1499, 1899, 1989, 1998, 1999, 1999), Latency(results.LatencyNs!));
        Assert.Equal(10_000, results.OfferedRate);
    }

    [Fact]
    public void Without_a_match_there_is_no_latency()
    {
        var outcome = new MeterOutcome(new StreamMatcher(new MatchOptions(1), new RunStatistics()).Finish(0), new RunStatistics(), default, default, null, 0, null, []);
        Assert.Null(MeterReports.From(outcome).Results!.LatencyNs);
    }

    private static (long, long, long, long, long, long, long, long) Latency(LatencySummary latency) =>
        (latency.Min, latency.Mean, latency.P50, latency.P90, latency.P99, latency.P999, latency.P9999, latency.Max);
}

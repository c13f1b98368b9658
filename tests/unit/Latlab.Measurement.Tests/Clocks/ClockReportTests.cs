using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Tests.Clocks;

/// <summary>What is said of the clocks, for each thing that can be wrong with them.</summary>
public sealed class ClockReportTests
{
    private const long StartNs = 1_700_000_000_000_000_123;
    private const long GapNs = 100_003;
    private const long LatencyNs = 5_000;
    private const int Packets = 20_000;

    [Fact]
    public void Nothing_is_wrong()
    {
        var clock = Analyze(i => LatencyNs + (i * 7919 % 500));
        Assert.Equal((ClockVerdict.Trustworthy, 0), (clock.Verdict, clock.Reasons.Count));
        Assert.Equal((LatencyNs, 0L, 0L), (clock.OffsetNs, clock.WholeSeconds, clock.Negative));
    }

    [Fact]
    public void One_arrival_that_is_stamped_a_second_early_does_not_make_the_clocks_differ_by_a_second()
    {
        var clock = Analyze(i => i == 9_000 ? LatencyNs - 1_000_000_000 : LatencyNs + (i * 7919 % 500));
        Assert.Equal((ClockVerdict.Suspicious, 0L, 1L), (clock.Verdict, clock.WholeSeconds, clock.Negative));
        Assert.StartsWith("1 packets arrived before they were sent", clock.Reasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(37_000_000_000, 37)]
    [InlineData(-1_000_000_000, -1)]
    public void Whole_seconds_are_told_with_the_remedy(long aheadNs, long seconds)
    {
        var clock = Analyze(_ => LatencyNs + aheadNs, new MatchOptions(10_000_000) { MergeOffsetNs = aheadNs });
        Assert.Equal((ClockVerdict.Unusable, seconds), (clock.Verdict, clock.WholeSeconds));
        Assert.Contains($"use --clock-offset {seconds}s", clock.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_clock_that_is_behind_makes_latencies_negative_and_unusable()
    {
        var clock = Analyze(_ => LatencyNs - 40_000);
        Assert.Equal((ClockVerdict.Unusable, -35_000L), (clock.Verdict, clock.OffsetNs));
        Assert.Contains("behind by at least 35000 ns", clock.Reasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(-4_000)]
    public void A_clock_that_is_set_changes_the_lowest_latency_from_one_packet_to_the_next(long stepNs)
    {
        var clock = Analyze(i => LatencyNs + (i * 7919 % 500) + (i >= 12_345 ? stepNs : 0));
        var jump = Assert.Single(clock.Jumps);
        Assert.True(jump.Sudden);
        Assert.InRange(jump.StepNs, stepNs - 600, stepNs + 600);
        Assert.InRange(jump.TimeNs, StartNs + (12_345 * GapNs) - 20_000_000, StartNs + (12_345 * GapNs) + 20_000_000);
        Assert.Equal(Math.Abs(stepNs) > LatencyNs ? ClockVerdict.Unusable : ClockVerdict.Suspicious, clock.Verdict);
        Assert.Contains("a clock was set", clock.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_queue_that_builds_up_and_stands_is_no_clock_that_was_set()
    {
        // 50 packets for half a millisecond.
        var clock = Analyze(i => LatencyNs + (i * 7919 % 500) + (Math.Clamp(i - 12_345, 0, 50) * 10_000L));
        Assert.False(Assert.Single(clock.Jumps).Sudden);
        Assert.Equal(ClockVerdict.Suspicious, clock.Verdict);
        Assert.Contains("a queue", Assert.Single(clock.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20_000, ClockVerdict.Unusable, "the clocks drift apart by")]
    [InlineData(1_000, ClockVerdict.Suspicious, "ns over the capture; synchronise the clocks")]
    [InlineData(3_000_000, ClockVerdict.Suspicious, "faster than clocks drift")]
    public void A_slope_of_the_lowest_latency_is_drift_as_far_as_clocks_drift(long nsPerSecond, ClockVerdict verdict, string reason)
    {
        var clock = Analyze(i => LatencyNs + (i * 7919 % 500) + (i * GapNs * nsPerSecond / 1_000_000_000));
        Assert.InRange(clock.DriftNsPerSecond!.Value, nsPerSecond * 0.95, nsPerSecond * 1.05);
        Assert.Equal(verdict, clock.Verdict);
        Assert.Contains(clock.Reasons, said => said.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Coarse_stamps_are_told_and_a_generator_s_even_gaps_are_none()
    {
        var coarse = Analyze(i => LatencyNs + (i % 2 * 1_000), gapNs: 100_000, startNs: StartNs - 123);
        Assert.Equal((100_000L, 1_000L), (coarse.GranularityBeforeNs, coarse.GranularityAfterNs));
        Assert.Equal(ClockVerdict.Suspicious, coarse.Verdict);
        Assert.Contains("steps of 1000 ns", Assert.Single(coarse.Reasons), StringComparison.Ordinal);
        var even = Analyze(i => LatencyNs + (i * 7919 % 500), gapNs: 100_000, startNs: StartNs - 123);
        Assert.Equal(ClockVerdict.Trustworthy, even.Verdict);
    }

    [Fact]
    public void Stamps_that_repeat_are_counted_on_their_side()
    {
        var clock = Analyze(i => LatencyNs + (i * 7919 % 500) - (i % 50 == 1 ? GapNs : 0) + (i % 50 == 1 ? ((i - 1) * 7919 % 500) - (i * 7919 % 500) : 0));
        Assert.Equal((0L, Packets / 50), (clock.RepeatedBefore, clock.RepeatedAfter));
        Assert.Contains(clock.Reasons, said => said.Contains($"{Packets / 50} of {Packets} stamps after the device repeat", StringComparison.Ordinal));
    }

    [Fact]
    public void Packets_without_a_stamp_and_clocks_that_are_set_back_are_counted()
    {
        var missing = Analyze(i => i is 500 or 600 ? -StartNs - (i * GapNs) : LatencyNs);
        Assert.Equal((2L, ClockVerdict.Suspicious), (missing.Missing, missing.Verdict));
        Assert.Contains(missing.Reasons, said => said.StartsWith("2 packets have no stamp", StringComparison.Ordinal));

        var pair = new PairAccumulator(new AnalysisOptions { Match = new MatchOptions(10_000_000) });
        long Sent(int i) => StartNs + (i * GapNs) - (i >= 10_000 ? 500_000_000 : 0);
        pair.Add(Tap.Ingress, [.. Enumerable.Range(0, Packets).Select(i => PacketRecord.Numbered(Sent(i), (ulong)i, 0))]);
        pair.Add(Tap.Egress, [.. Enumerable.Range(0, Packets).Select(i => PacketRecord.Numbered(Sent(i) + LatencyNs + (i * 7919 % 500), (ulong)i, 0))]);
        var set = pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" }).Clock!;
        Assert.Equal((1L, 1L, ClockVerdict.Suspicious), (set.StepsBackBefore, set.StepsBackAfter, set.Verdict));
        var lastNs = StartNs + (9_999 * GapNs);
        Assert.Equal((lastNs, lastNs + LatencyNs + (9_999 * 7919 % 500)), (set.FirstStepBackBeforeNs, set.FirstStepBackAfterNs));
        Assert.Contains(set.Reasons, said => said.Contains($"1 times before (first after {lastNs})", StringComparison.Ordinal));
    }

    private static ClockReport Analyze(Func<int, long> latencyNs, MatchOptions? match = null, long gapNs = GapNs, long startNs = StartNs)
    {
        var pair = new PairAccumulator(new AnalysisOptions { Match = match ?? new MatchOptions(10_000_000) });
        pair.Add(Tap.Ingress, [.. Enumerable.Range(0, Packets).Select(i => PacketRecord.Numbered(startNs + (i * gapNs), (ulong)i, 0))]);
        pair.Add(Tap.Egress, [.. Enumerable.Range(0, Packets).Select(i => PacketRecord.Numbered(startNs + (i * gapNs) + latencyNs(i), (ulong)i, 0))]);
        return pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" }).Clock!;
    }
}

using CsCheck;
using Latlab.Measurement.Matching;
using static Latlab.Measurement.Tests.Matching.MatchFeed;

namespace Latlab.Measurement.Tests.Matching;

/// <summary>What becomes of packets when clocks are set, and when stamps are wrong.</summary>
public sealed class ClockMatchTests
{
    [Fact]
    public void Counters_add_up_whatever_the_clocks_do() =>
        Gen.Select(Unsorted(), Unsorted(), Gen.Long[0, 2_000], Gen.Long[-3_000, 3_000], Gen.Int).Sample((ingress, egress, warmUp, offset, seed) =>
        {
            var options = new MatchOptions(Window) { WarmUpNs = warmUp, MergeOffsetNs = offset };
            var (result, found) = Feed(ingress, egress, new Random(seed), Start + 5_000, options);
            Assert.Equal((ingress.Length, egress.Length), (result.Counts.Before, result.Counts.After));
            Assert.Equal(ingress.Length, found.Settled.Count + result.Counts.WarmUpBefore);
            Assert.Equal(result.Counts.Matched, found.Arrived.Count);
            Assert.Equal(found.Settled.Select(packet => packet.Position).Order(), found.Settled.Select(packet => packet.Position));
        }, iter: 5_000);

    [Fact]
    public void Results_do_not_depend_on_how_records_are_batched_even_where_clocks_go_back() =>
        Gen.Select(WithClockSteps(), WithClockSteps(), Gen.Int, Gen.Int).Sample((ingress, egress, first, second) =>
        {
            var one = Feed(ingress, egress, new Random(first), Start + 5_000, new MatchOptions(Window), news: false);
            var other = Feed(ingress, egress, new Random(second), Start + 5_000, new MatchOptions(Window), news: false);
            Assert.Equal(one.Found.Settled, other.Found.Settled);
            Assert.Equal(one.Found.Arrived, other.Found.Arrived);
        }, iter: 5_000);

    [Fact]
    public void Stamps_that_jump_to_and_fro_have_one_outcome_in_any_batching()
    {
        PacketRecord[] ingress = [At(1_500, 1), At(2_000_000, 1), At(-5_000_000, 2), At(5_000_000, 0), At(2_000_000, 0)];
        PacketRecord[] egress = [At(1_500, 1), At(2_000_500, 1), At(900, 0), At(1_500, 2), At(2_000_000, 1)];
        var fates = Enumerable.Range(0, 1_000)
            .Select(seed => Feed(ingress, egress, new Random(seed), Start + 5_000, new MatchOptions(Window), news: false).Found.Settled.Select(packet => packet.Fate))
            .Select(settled => string.Join(' ', settled));
        Assert.Equal(["Matched Matched Implausible Undecided DuplicatedBefore"], fates.Distinct());
    }

    [Fact]
    public void Disorder_within_a_tap_neither_counts_as_a_clock_step_nor_makes_a_latency_negative()
    {
        // Stamped 100 and 90 on two CPUs, queued in that order; the second arrives at 95.
        var (result, found) = Feed([At(100, 0), At(90, 1)], [At(95, 1), At(105, 0)]);
        Assert.Equal((2, 0, 0), (result.Counts.Matched, result.Counts.Negative, result.ClockStepsBefore));
        Assert.Equal([5, 5], found.Settled.Select(packet => packet.LatencyNs));
    }

    [Fact]
    public void A_clock_that_is_set_back_is_counted_on_its_side()
    {
        var (result, _) = Feed([At(0, 0), At(-10_000_000, 1), At(-9_999_000, 2)], [At(0, 0)]);
        Assert.Equal((1, 0), (result.ClockStepsBefore, result.ClockStepsAfter));
    }

    [Fact]
    public void One_stamp_from_the_far_future_costs_one_packet_not_all()
    {
        PacketRecord[] ingress = [At(0, 0), At(10, 1), At(4_000_000_000_000_000_000 - Start, 2), At(30, 3), At(40, 4)];
        PacketRecord[] egress = [At(5, 0), At(15, 1), At(25, 2), At(35, 3), At(45, 4)];
        var (result, _) = Feed(ingress, egress);
        Assert.Equal((4, 1), (result.Counts.Matched, result.Counts.Negative));
    }

    /// <summary>One clock for both taps, and one that only the later tap has; between packets that are 1 ms, 100 µs and 1 µs apart.</summary>
    [Theory]
    [InlineData(1_000_000, -5_000_000_000, true)]
    [InlineData(100_000, -1_000_000_000, true)]
    [InlineData(1_000, -300_000_000, true)]
    [InlineData(1_000, -5_000_000, true)]
    [InlineData(100_000, -1_000_000_000, false)]
    [InlineData(1_000, -5_000_000, false)]
    public void No_packet_is_lost_because_a_clock_is_set_back(long gapNs, long stepNs, bool isOfBoth)
    {
        const int count = 60_000;
        var setAtNs = count / 4 * gapNs;
        PacketRecord Stamped(long timeNs, ulong sequence, bool isStepped) => At(timeNs + (isStepped && timeNs >= setAtNs ? stepNs : 0), sequence);
        var ingress = Enumerable.Range(0, count).Select(i => Stamped(i * gapNs, (ulong)i, isOfBoth)).ToArray();
        var egress = Enumerable.Range(0, count).Select(i => Stamped((i * gapNs) + 1_500, (ulong)i, true)).ToArray();
        var (result, found) = Feed(ingress, egress, new Random(1), long.MaxValue, new MatchOptions(100_000_000), news: false, most: 4_000);
        var counts = result.Counts;
        Assert.Equal((count, count, 0, 0), (counts.Before, counts.After, counts.Lost, counts.UnmatchedAfter));
        var expected = isOfBoth
            ? found.Settled.Where(packet => packet.Fate == Fate.Matched && packet.LatencyNs == 1_500)
            : found.Settled.Where(packet => packet.Position >= count / 4 && packet.Fate == Fate.Negative);
        // All but those that were on their way just then.
        Assert.InRange(count - expected.Count(), isOfBoth ? 0 : count / 4, isOfBoth ? 3 : (count / 4) + 3);
    }

    [Fact]
    public void Stamps_that_return_from_a_jump_ahead_spoil_no_more_than_what_they_jumped_over()
    {
        const int count = 12_000;
        var ingress = Enumerable.Range(0, count).Select(i => At(i * 1_000_000L, (ulong)i)).ToArray();
        var egress = Enumerable.Range(0, count).Select(i => At((i * 1_000_000L) + 500 + (i is >= 1_000 and < 1_020 ? 4_000_000_000 : 0), (ulong)i)).ToArray();
        var (result, found) = Feed(ingress, egress, new Random(1), long.MaxValue, new MatchOptions(100_000_000), news: false, most: 4_000);
        Assert.Equal((1, 1), (result.ClockStepsAfter, result.ClockReturns));
        Assert.All(found.Settled.Where(packet => packet.Position is < 900 or > 5_200), packet => Assert.Equal((Fate.Matched, 500), (packet.Fate, packet.LatencyNs)));
    }

    [Fact]
    public void An_arrival_with_a_stamp_from_the_far_future_has_no_latency()
    {
        var ingress = Enumerable.Range(0, 500).Select(i => At(i * 100, (ulong)i)).ToArray();
        var egress = ingress.Select((record, i) => record with { TimeNs = record.TimeNs + (i % 50 == 7 ? 30_000_000_000 : 40) }).ToArray();
        var (result, found) = Feed(ingress, egress, new Random(1), Start + 60_000, new MatchOptions(Window), news: false);
        Assert.Equal((490, 10, 0, 0), (result.Counts.Matched, result.Counts.Implausible, result.Counts.Lost, result.Counts.UnmatchedAfter));
        Assert.All(found.Arrived, packet => Assert.Equal(40, packet.ArrivedNs - packet.SentNs));
    }

    [Fact]
    public void A_packet_without_a_stamp_at_either_tap_did_not_take_0_ns()
    {
        PacketRecord[] ingress = [At(0, 0), At(100, 1) with { TimeNs = 0 }, At(200, 2), At(300, 3) with { TimeNs = 0 }, At(400, 4), At(500, 5)];
        PacketRecord[] egress = [At(10, 0), At(110, 1) with { TimeNs = 0 }, At(210, 2), At(310, 3), At(410, 4) with { TimeNs = 0 }, At(510, 5)];
        var (result, found) = Feed(ingress, egress);
        Assert.Equal((3, 2, 1), (result.Counts.Matched, result.Counts.Implausible, result.Counts.Negative));
        Assert.All(found.Arrived, packet => Assert.Equal(10, packet.ArrivedNs - packet.SentNs));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(400)]
    public void One_stamp_from_the_future_costs_one_packet_wherever_it_is(int at)
    {
        var ingress = Enumerable.Range(0, 500).Select(i => At(i == at ? 1_300_000_000_000_000_000 : i * 100, (ulong)i)).ToArray();
        var egress = Enumerable.Range(0, 500).Select(i => At((i * 100) + 40, (ulong)i)).ToArray();
        var (result, _) = Feed(ingress, egress, new Random(1), Start + 60_000, new MatchOptions(Window), news: false);
        Assert.Equal((499, 1, 0), (result.Counts.Matched, result.Counts.Negative, result.Counts.UnmatchedAfter));
    }

    private static Gen<PacketRecord[]> Unsorted() =>
        Gen.Select(Gen.OneOf(Gen.Long[0, 6_000], Gen.Long[-20_000_000, 20_000_000], Extreme), Gen.ULong[0, 15], At).Array[0, 40];

    /// <summary>Now and then no stamp at all, or one as far off as there are.</summary>
    private static Gen<long> Extreme => Gen.OneOf(Gen.Const(-Start), Gen.Long, Gen.Const(long.MaxValue - Start), Gen.Const(long.MinValue));

    /// <summary>
    /// Stamps a little out of order, and a clock that is set forth or back now and then. (Where each stamp is nonsense, so are results.)
    /// </summary>
    private static Gen<PacketRecord[]> WithClockSteps() =>
        Gen.Select(
            Gen.Select(Gen.Long[-200, 600], Gen.ULong[0, 15], (gap, sequence) => (Gap: gap, Sequence: sequence)).Array[0, 40],
            Gen.Select(Gen.Int[0, 39], Gen.Long[-20_000_000, 20_000_000], (at, step) => (At: at, Step: step)).Array[0, 2],
            (packets, steps) =>
            {
                var time = 0L;
                return packets.Select((packet, i) =>
                {
                    time += packet.Gap + steps.Where(step => step.At == i).Sum(step => step.Step);
                    return At(time, packet.Sequence);
                }).ToArray();
            });
}

using CsCheck;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Matching;

public sealed class StreamMatcherTests
{
    private const long Window = 1_000;

    /// <summary>Times from 2³² ns before to after a full second, so that any 32-bit or per-second arithmetic shows.</summary>
    private const long Start = 1_700_000_000_000_000_000 - 2_000;

    private static readonly Gen<PacketRecord[]> Records =
        Gen.Select(Gen.Long[0, 6_000], Gen.ULong[0, 15], Gen.Int[0, 1], (time, sequence, flow) =>
            PacketRecord.Numbered(Start + time, sequence, (ushort)flow))
            .Array[0, 60].Select(records => records.OrderBy(record => record.TimeNs).ToArray());

    /// <summary>
    /// A sender and a path that loses, delays beyond the window, duplicates and reorders, and sometimes a clock that is off.
    /// </summary>
    private static readonly Gen<(PacketRecord[] Ingress, PacketRecord[] Egress)> Traffic =
        Gen.Select(Gen.Select(Gen.Long[1, 80], Gen.Int[0, 9], Gen.Long[-50, 1_500], Gen.Long[0, 1_500]).Array[0, 80], steps =>
        {
            var ingress = new List<PacketRecord>();
            var egress = new List<PacketRecord>();
            var time = Start;
            var index = 0;
            foreach (var (gap, fate, delay, second) in steps)
            {
                time += gap;
                var packet = PacketRecord.Numbered(time, (ulong)(index / 2), (ushort)(index++ % 2));
                ingress.Add(packet);
                if (fate > 1)
                {
                    egress.Add(packet with { TimeNs = time + (fate > 6 ? delay : Math.Abs(delay) % 100) });
                }

                if (fate == 3)
                {
                    egress.Add(packet with { TimeNs = time + second });
                }

                if (fate == 4)
                {
                    ingress.Add(packet with { TimeNs = time + second });
                }
            }

            return (ingress.OrderBy(record => record.TimeNs).ToArray(), egress.OrderBy(record => record.TimeNs).ToArray());
        });

    /// <summary>
    /// More packets than the matcher looks ahead, with few identities: each rule decides, and copies and recurring identities abound.
    /// </summary>
    private static readonly Gen<(PacketRecord[] Ingress, PacketRecord[] Egress)> Recurring =
        Gen.Select(Gen.Int[2, 120], Gen.Select(Gen.Long[1, 12], Gen.Int[0, 30], Gen.Long[0, 900]).Array[0, 400], (identities, steps) =>
        {
            var ingress = new List<PacketRecord>();
            var egress = new List<PacketRecord>();
            var time = Start;
            foreach (var ((gap, fate, delay), index) in steps.Select((step, index) => (step, index)))
            {
                time += gap;
                var packet = PacketRecord.Numbered(time, (ulong)(index % identities), 0);
                ingress.Add(packet);
                if (fate > 2)
                {
                    egress.Add(packet with { TimeNs = time + (fate > 25 ? delay : 40) });
                }
            }

            return (ingress.ToArray(), egress.OrderBy(record => record.TimeNs).ToArray());
        });

    [Fact]
    public void Results_are_those_of_the_definitions_for_random_records() =>
        Gen.Select(Records, Records, Gen.Int).Sample((ingress, egress, seed) => AssertLikeNaive(ingress, egress, seed), iter: 5_000);

    [Fact]
    public void Results_are_those_of_the_definitions_for_traffic_with_loss_delay_copies_and_reordering() =>
        Gen.Select(Traffic, Gen.Int).Sample((traffic, seed) => AssertLikeNaive(traffic.Ingress, traffic.Egress, seed), iter: 5_000);

    [Fact]
    public void Results_are_those_of_the_definitions_for_identities_that_recur() =>
        Gen.Select(Recurring, Gen.Int).Sample((traffic, seed) => AssertLikeNaive(traffic.Ingress, traffic.Egress, seed), iter: 1_000);

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

    [Fact]
    public void All_departures_may_be_known_long_before_their_arrivals()
    {
        const int count = 70_000;
        var found = new MatchRecorder();
        var matcher = new StreamMatcher(new MatchOptions(100_000_000), found);
        for (var i = 0; i < count; i++)
        {
            matcher.Add(Tap.Ingress, [At(i * 1_000_000L, (ulong)i)]);
        }

        matcher.Add(Tap.Egress, Enumerable.Range(0, count).Select(i => At((i * 1_000_000L) + 700, (ulong)i)).ToArray());
        Assert.Equal(count, matcher.Finish(cutShort: false).Counts.Matched);
        Assert.All(found.Settled, packet => Assert.Equal(700, packet.LatencyNs));
    }

    [Fact]
    public void Fates_do_not_hang_on_an_offset_that_is_allowed_for() =>
        Gen.Select(Gen.OneOf(Traffic, Recurring), Gen.Long[-5_000, 200_000], Gen.Int).Sample((traffic, offset, seed) =>
        {
            var shifted = traffic.Egress.Select(record => record with { TimeNs = record.TimeNs + offset }).ToArray();
            var plain = Feed(traffic.Ingress, traffic.Egress, new Random(seed), Start + 10_000, new MatchOptions(Window), news: false);
            var allowed = Feed(traffic.Ingress, shifted, new Random(seed), Start + 10_000, new MatchOptions(Window) { MergeOffsetNs = offset }, news: false);
            static Fate Arrived(Fate fate) => fate == Fate.Negative ? Fate.Matched : fate;
            Assert.Equal(plain.Found.Settled.Select(packet => Arrived(packet.Fate)), allowed.Found.Settled.Select(packet => Arrived(packet.Fate)));
        }, iter: 2_000);

    [Fact]
    public void Packets_that_are_all_alike_are_matched_one_by_one_and_copies_are_counted()
    {
        const int count = 100_000;
        var ingress = Enumerable.Range(0, count).Select(i => At(i * 1_000L, 7)).ToArray();
        var egress = ingress.SelectMany((record, i) => Enumerable.Repeat(record with { TimeNs = record.TimeNs + 300 }, i % 100 == 99 ? 2 : 1)).ToArray();
        var (result, _) = Feed(ingress, egress, new Random(1), long.MaxValue, new MatchOptions(1_000_000_000), news: false, most: 4_000);
        Assert.Equal((count, 1_000), (result.Counts.Matched, result.Counts.DuplicatedAfter));
    }

    [Fact]
    public void What_is_cut_short_ends_with_the_capture_that_was_read_less_far()
    {
        StreamMatcher Matcher()
        {
            var matcher = new StreamMatcher(new MatchOptions(Window), new MatchRecorder());
            matcher.Add(Tap.Ingress, [At(0, 0), At(100, 1), At(5_000, 2)]);
            matcher.Add(Tap.Egress, [At(50, 0)]);
            return matcher;
        }

        Assert.Equal((0, 2), (Matcher().Finish(cutShort: true).Counts.Lost, Matcher().Finish(cutShort: true).Counts.Undecided));
        Assert.Equal((1, 1), (Matcher().Finish(cutShort: false).Counts.Lost, Matcher().Finish(cutShort: false).Counts.Undecided));
        var idle = Matcher();
        idle.Advance(Tap.Egress, Start + 6_001);
        Assert.Equal(2, idle.Finish(cutShort: false).Counts.Lost);
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

    [Fact]
    public void The_end_of_the_window_is_part_of_it()
    {
        Assert.Equal(1, Feed([At(0, 0)], [At(Window, 0)]).Result.Counts.Matched);
        var late = Feed([At(0, 0), At(2_000, 9)], [At(Window + 1, 0)]).Result.Counts;
        Assert.Equal((0, 2, 1), (late.Matched, late.Lost, late.UnmatchedAfter));
    }

    [Fact]
    public void Only_the_tail_that_the_window_explains_is_undecided()
    {
        var (result, _) = Feed([At(0, 0), At(1, 1)], [], new Random(1), Start + Window, new MatchOptions(Window));
        Assert.Equal((1, 1), (result.Counts.Lost, result.Counts.Undecided));
    }

    [Fact]
    public void An_arrival_in_the_first_window_may_have_departed_before_the_start()
    {
        var counts = Feed([At(0, 0)], [At(5, 7), At(Window, 8), At(Window + 1, 9)]).Result.Counts;
        Assert.Equal((2, 1), (counts.ArrivedBeforeStart, counts.UnmatchedAfter));
    }

    [Fact]
    public void A_recurring_identity_is_not_taken_for_the_one_that_was_lost_a_turn_before()
    {
        // Ids of a fast stream recur after 100 packets; the first turn's 50 is lost.
        var ingress = Enumerable.Range(0, 250).Select(i => At(i * 3, (ulong)(i % 100))).ToArray();
        var egress = ingress.Where((_, i) => i != 50).Select(record => record with { TimeNs = record.TimeNs + 10 }).ToArray();
        var (result, found) = Feed(ingress, egress);
        Assert.Equal((249, 1), (result.Counts.Matched, result.Counts.Lost));
        Assert.All(found.Settled.Where(packet => packet.Fate == Fate.Matched), packet => Assert.Equal(10, packet.LatencyNs));
    }

    [Fact]
    public void A_copy_that_the_tap_before_sees_is_not_taken_for_the_packet_when_that_is_overtaken()
    {
        // 1 is seen twice, and overtaken by 2.
        PacketRecord[] ingress = [At(0, 0), At(10, 1), At(20, 2), At(21, 1), At(30, 3)];
        PacketRecord[] egress = [At(50, 0), At(70, 2), At(75, 1), At(80, 3)];
        var (result, found) = Feed(ingress, egress);
        Assert.Equal((4, 1, 0), (result.Counts.Matched, result.Counts.DuplicatedBefore, result.Counts.Lost));
        Assert.Equal(65, found.Settled.Single(packet => packet.Position == 1).LatencyNs);
    }

    [Fact]
    public void Clocks_that_are_whole_seconds_apart_match_once_the_offset_is_allowed_for()
    {
        const long offset = 37_000_000_000;
        var options = new MatchOptions(Window) { MergeOffsetNs = offset };
        var ingress = Enumerable.Range(0, 500).Select(i => At(i * 10, (ulong)i)).ToArray();
        var egress = ingress.Select(record => record with { TimeNs = record.TimeNs + offset + 25 }).ToArray();
        var (result, found) = Feed(ingress, egress, new Random(1), Start + 10_000, options);
        Assert.Equal(500, result.Counts.Matched);
        Assert.All(found.Settled, packet => Assert.Equal(offset + 25, packet.LatencyNs));
    }

    [Fact]
    public void An_idle_tap_that_advances_does_not_hold_up_the_other()
    {
        var matcher = new StreamMatcher(new MatchOptions(Window), new MatchRecorder());
        matcher.Add(Tap.Ingress, [At(0, 0), At(10, 1)]);
        Assert.Equal(2, matcher.Waiting(Tap.Ingress));
        matcher.Advance(Tap.Ingress, Start + 10);
        matcher.Advance(Tap.Egress, Start + 10);
        Assert.Equal(0, matcher.Waiting(Tap.Ingress));
    }

    [Fact]
    public void Matching_allocates_nothing_per_packet_with_loss_and_reordering()
    {
        var matcher = new StreamMatcher(new MatchOptions(Window), new Ignorer());
        FeedSecondsOfTraffic(matcher, 0, 100_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FeedSecondsOfTraffic(matcher, 100_000, 400_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(4_000, matcher.Finish(long.MaxValue).Counts.Lost);
    }

    [Fact]
    public void Many_flows_and_a_long_window_are_matched_exactly()
    {
        const int count = 200_000;
        var found = new MatchRecorder();
        var matcher = new StreamMatcher(new MatchOptions(long.MaxValue / 4), found);
        for (var i = 0; i < count; i++)
        {
            matcher.Add(Tap.Ingress, [PacketRecord.Numbered(Start + i, (ulong)(i / 4096), (ushort)(i % 4096))]);
        }

        for (var i = 0; i < count; i++)
        {
            matcher.Add(Tap.Egress, [PacketRecord.Numbered(Start + count + i, (ulong)(i / 4096), (ushort)(i % 4096))]);
        }

        Assert.Equal(count, matcher.Finish(long.MaxValue).Counts.Matched);
        Assert.All(found.Settled, packet => Assert.Equal(count, packet.LatencyNs));
    }

    private static PacketRecord At(long time, ulong sequence) => PacketRecord.Numbered(Start + time, sequence, 0);

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

    /// <summary>A packet each 10 ns, arriving 100 ns later in swapped pairs; every hundredth is lost.</summary>
    private static void FeedSecondsOfTraffic(StreamMatcher matcher, int from, int to)
    {
        Span<PacketRecord> one = stackalloc PacketRecord[1];
        for (var i = from; i < to; i++)
        {
            one[0] = At(i * 10L, (ulong)i);
            matcher.Add(Tap.Ingress, one);
            if (i % 100 != 51)
            {
                one[0] = At(100 + (i * 10L), i % 100 == 50 ? (ulong)i : (ulong)(i ^ 1));
                matcher.Add(Tap.Egress, one);
            }
        }
    }

    private static void AssertLikeNaive(PacketRecord[] ingress, PacketRecord[] egress, int seed)
    {
        var random = new Random(seed);
        var captureEndNs = ingress.Concat(egress).Select(record => record.TimeNs).Append(Start).Max() + random.Next(2_000);
        var options = new MatchOptions(Window) { WarmUpNs = random.Next(2) * random.Next(1_500) };
        var naive = new NaiveMatcher(ingress, egress, options, captureEndNs);
        var (result, found) = Feed(ingress, egress, random, captureEndNs, options);
        var counts = result.Counts;
        var counters = new Dictionary<string, long>
        {
            ["warmUpBefore"] = counts.WarmUpBefore,
            ["warmUpAfter"] = counts.WarmUpAfter,
            ["Matched"] = counts.Matched,
            ["Lost"] = counts.Lost,
            ["Undecided"] = counts.Undecided,
            ["Negative"] = counts.Negative,
            ["DuplicatedBefore"] = counts.DuplicatedBefore,
            ["Recurred"] = counts.Recurred,
            ["duplicatedAfter"] = counts.DuplicatedAfter,
            ["replicated"] = counts.Replicated,
            ["arrivedBeforeStart"] = counts.ArrivedBeforeStart,
            ["unmatchedAfter"] = counts.UnmatchedAfter,
        };
        Assert.Equal(string.Join(" ", naive.Counters), string.Join(" ", counters));
        Assert.Equal(naive.Settled, found.Settled);
        Assert.Equal(naive.Arrived, found.Arrived);
    }

    private static (MatchResult Result, MatchRecorder Found) Feed(PacketRecord[] ingress, PacketRecord[] egress) =>
        Feed(ingress, egress, new Random(1), Start + 5_000, new MatchOptions(Window));

    /// <summary>Adds both taps' records in random batches, either tap ahead of the other, now and then with news of an idle tap.</summary>
    private static (MatchResult Result, MatchRecorder Found) Feed(
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

    private sealed class Ignorer : IMatchObserver
    {
        public void OnSettled(ReadOnlySpan<SettledPacket> packets)
        {
        }

        public void OnArrived(ReadOnlySpan<ArrivedPacket> packets)
        {
        }
    }
}

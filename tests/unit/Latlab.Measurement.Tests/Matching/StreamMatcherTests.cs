using CsCheck;
using Latlab.Measurement.Matching;
using static Latlab.Measurement.Tests.Matching.MatchFeed;

namespace Latlab.Measurement.Tests.Matching;

public sealed class StreamMatcherTests
{
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

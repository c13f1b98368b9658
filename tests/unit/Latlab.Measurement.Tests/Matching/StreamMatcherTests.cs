using CsCheck;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

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

    /// <summary>A sender and a path that loses, delays beyond the window, duplicates and reorders, and sometimes a clock that is off.</summary>
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

    [Fact]
    public void Results_are_those_of_the_definitions_for_random_records() =>
        Gen.Select(Records, Records, Gen.Int).Sample((ingress, egress, seed) => AssertLikeNaive(ingress, egress, seed), iter: 5_000);

    [Fact]
    public void Results_are_those_of_the_definitions_for_traffic_with_loss_delay_copies_and_reordering() =>
        Gen.Select(Traffic, Gen.Int).Sample((traffic, seed) => AssertLikeNaive(traffic.Ingress, traffic.Egress, seed), iter: 5_000);

    [Fact]
    public void Counters_add_up_whatever_the_clocks_do() =>
        Gen.Select(Unsorted(), Unsorted(), Gen.Int).Sample((ingress, egress, seed) =>
        {
            var result = Feed(ingress, egress, new Random(seed), Start + 5_000);
            Assert.Equal(ingress.Length, result.Sent + result.DuplicatedBefore);
            Assert.Equal(egress.Length, result.Received);
            Assert.Equal(result.Sent, result.Matched + result.Lost + result.Undecided);
            Assert.Equal(result.Received, result.Matched + result.Duplicated + result.UnmatchedAfter + result.Negative);
            Assert.Equal(result.Matched, result.Latency.Count);
        }, iter: 5_000);

    [Fact]
    public void Disorder_within_a_tap_neither_counts_as_a_clock_step_nor_makes_a_latency_negative()
    {
        // Stamped 100 and 90 on two CPUs, queued in that order; the second arrives at 95.
        PacketRecord[] ingress = [PacketRecord.Numbered(Start + 100, 0, 0), PacketRecord.Numbered(Start + 90, 1, 0)];
        PacketRecord[] egress = [PacketRecord.Numbered(Start + 95, 1, 0), PacketRecord.Numbered(Start + 105, 0, 0)];
        var result = Feed(ingress, egress, new Random(1), Start + 5_000);
        Assert.Equal((2, 0, 0), (result.Matched, result.Negative, result.ClockSteps));
        Assert.Equal((5, 5), (result.Latency.Min, result.Latency.Max));
    }

    [Fact]
    public void A_clock_that_is_set_back_is_counted()
    {
        PacketRecord[] ingress = [PacketRecord.Numbered(Start, 0, 0), PacketRecord.Numbered(Start - 10_000_000, 1, 0), PacketRecord.Numbered(Start - 9_999_000, 2, 0)];
        Assert.Equal(1, Feed(ingress, [], new Random(1), Start).ClockSteps);
    }

    [Fact]
    public void The_end_of_the_window_is_part_of_it()
    {
        Assert.Equal(1, Feed([PacketRecord.Numbered(Start, 0, 0)], [PacketRecord.Numbered(Start + Window, 0, 0)], new Random(1), Start + 5_000).Matched);
        var late = Feed([PacketRecord.Numbered(Start, 0, 0)], [PacketRecord.Numbered(Start + Window + 1, 0, 0)], new Random(1), Start + 5_000);
        Assert.Equal((0, 1, 1), (late.Matched, late.Lost, late.UnmatchedAfter));
    }

    [Fact]
    public void Only_the_tail_that_the_window_explains_is_undecided()
    {
        PacketRecord[] ingress = [PacketRecord.Numbered(Start, 0, 0), PacketRecord.Numbered(Start + 1, 1, 0)];
        var result = Feed(ingress, [], new Random(1), Start + Window);
        Assert.Equal((1, 1), (result.Lost, result.Undecided));
    }

    [Fact]
    public void An_idle_tap_that_advances_does_not_hold_up_the_other()
    {
        var matcher = new StreamMatcher(Window);
        matcher.Add(Tap.Ingress, [PacketRecord.Numbered(Start, 0, 0), PacketRecord.Numbered(Start + 10, 1, 0)]);
        Assert.Equal(2, matcher.Waiting(Tap.Ingress));
        matcher.Advance(Tap.Egress, Start + 10);
        Assert.Equal(0, matcher.Waiting(Tap.Ingress));
    }

    [Fact]
    public void Matching_allocates_nothing_per_packet_with_loss_and_reordering()
    {
        var matcher = new StreamMatcher(Window);
        FeedSecondsOfTraffic(matcher, 0, 50_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        FeedSecondsOfTraffic(matcher, 50_000, 200_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2_000, matcher.Finish(long.MaxValue).Lost);
    }

    [Fact]
    public void Many_flows_and_a_long_window_are_matched_exactly()
    {
        const int count = 200_000;
        var matcher = new StreamMatcher(long.MaxValue / 4);
        for (var i = 0; i < count; i++)
        {
            matcher.Add(Tap.Ingress, [PacketRecord.Numbered(Start + i, (ulong)(i / 4096), (ushort)(i % 4096))]);
        }

        for (var i = 0; i < count; i++)
        {
            matcher.Add(Tap.Egress, [PacketRecord.Numbered(Start + count + i, (ulong)(i / 4096), (ushort)(i % 4096))]);
        }

        var result = matcher.Finish(long.MaxValue);
        Assert.Equal((count, count, count), (result.Matched, result.Latency.Min, result.Latency.At(Percentile.P9999)));
    }

    private static Gen<PacketRecord[]> Unsorted() =>
        Gen.Select(Gen.OneOf(Gen.Long[0, 6_000], Gen.Long[-20_000_000, 20_000_000]), Gen.ULong[0, 15], (time, sequence) =>
            PacketRecord.Numbered(Start + time, sequence, 0))
            .Array[0, 40];

    /// <summary>A packet each 10 ns, arriving 100 ns later in swapped pairs; every hundredth is lost.</summary>
    private static void FeedSecondsOfTraffic(StreamMatcher matcher, int from, int to)
    {
        Span<PacketRecord> one = stackalloc PacketRecord[1];
        for (var i = from; i < to; i++)
        {
            one[0] = PacketRecord.Numbered(Start + (i * 10L), (ulong)i, 0);
            matcher.Add(Tap.Ingress, one);
            if (i % 100 != 50 && i % 100 != 51)
            {
                one[0] = PacketRecord.Numbered(Start + 100 + (i * 10L), (ulong)(i ^ 1), 0);
                matcher.Add(Tap.Egress, one);
            }
            else if (i % 100 == 50)
            {
                one[0] = PacketRecord.Numbered(Start + 100 + (i * 10L), (ulong)i, 0);
                matcher.Add(Tap.Egress, one);
            }
        }
    }

    private static void AssertLikeNaive(PacketRecord[] ingress, PacketRecord[] egress, int seed)
    {
        var random = new Random(seed);
        var captureEndNs = ingress.Concat(egress).Select(record => record.TimeNs).Append(Start).Max() + random.Next(2_000);
        var naive = new NaiveMatcher(ingress, egress, Window, captureEndNs);
        var result = Feed(ingress, egress, random, captureEndNs);
        var counters = new Dictionary<string, long>
        {
            ["sent"] = result.Sent,
            ["duplicatedBefore"] = result.DuplicatedBefore,
            ["received"] = result.Received,
            ["matched"] = result.Matched,
            ["lost"] = result.Lost,
            ["undecided"] = result.Undecided,
            ["duplicated"] = result.Duplicated,
            ["unmatchedAfter"] = result.UnmatchedAfter,
            ["negative"] = result.Negative,
            ["reordered"] = result.Reordered,
        };
        Assert.Equal(naive.Counters, counters);
        if (naive.Latencies.Count > 0)
        {
            var sorted = naive.Latencies.Order().ToArray();
            Assert.Equal(
                (sorted[0], sorted[^1], sorted[(int)Percentile.P50.RankOf(sorted.Length) - 1]),
                (result.Latency.Min, result.Latency.Max, result.Latency.At(Percentile.P50)));
        }
    }

    /// <summary>Adds both taps' records in random batches, either tap ahead of the other, now and then with news of an idle tap.</summary>
    private static MatchResult Feed(PacketRecord[] ingress, PacketRecord[] egress, Random random, long captureEndNs)
    {
        var matcher = new StreamMatcher(Window);
        var taps = new[] { (Tap: Tap.Ingress, Records: ingress, Next: 0), (Tap: Tap.Egress, Records: egress, Next: 0) };
        while (taps.Any(tap => tap.Next < tap.Records.Length))
        {
            ref var tap = ref taps[random.Next(2)];
            var count = Math.Min(random.Next(8), tap.Records.Length - tap.Next);
            matcher.Add(tap.Tap, tap.Records.AsSpan(tap.Next, count));
            tap.Next += count;
            var rest = tap.Records.AsSpan(tap.Next).ToArray();
            if (random.Next(4) == 0 && rest.Length > 0)
            {
                matcher.Advance(tap.Tap, rest.Min(record => record.TimeNs));
            }
        }

        return matcher.Finish(captureEndNs);
    }
}

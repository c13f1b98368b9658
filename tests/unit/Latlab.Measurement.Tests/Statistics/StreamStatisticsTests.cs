using CsCheck;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

/// <summary>Statistics by columns, in batches of any size, against the definitions written down plainly.</summary>
public sealed class StreamStatisticsTests
{
    private static readonly Gen<(Fate Fate, long Latency)[]> Packets =
        Gen.Select(Gen.Frequency((5, Gen.Const(Fate.Matched)), (1, Gen.Enum<Fate>())), Gen.Long[0, 40_000]).Array[1, 400];

    [Fact]
    public void Loss_periods_and_distances_are_those_of_RFC_3357() => Gen.Select(Packets, Gen.Int).Sample((packets, seed) =>
    {
        var meter = new LossMeter();
        Feed(packets, seed, (in SettledBatch batch) => meter.Add(batch));
        var stream = packets.Where(packet => packet.Fate is not (Fate.DuplicatedBefore or Fate.Recurred)).Select(packet => packet.Fate == Fate.Lost).ToList();
        var lostAt = stream.Index().Where(item => item.Item).Select(item => item.Index).ToList();
        var distances = lostAt.Zip(lostAt.Skip(1), (first, second) => (long)(second - first)).ToList();
        var bursts = lostAt.Count == 0 ? 0 : 1 + distances.Count(distance => distance > 1);
        var result = meter.Result(stream.Count);
        Assert.Equal((lostAt.Count, bursts), (meter.Lost, result.Bursts));
        Assert.Equal(lostAt.Count, result.BurstLengths.Sum(length => length.Length * length.Count));
        Assert.Equal(
            distances.GroupBy(distance => distance).OrderBy(group => group.Key).Select(group => new LengthCount(group.Key, group.Count())), result.Distances);
    });

    [Fact]
    public void A_loss_period_goes_on_from_batch_to_batch()
    {
        var meter = new LossMeter();
        var packets = Enumerable.Range(0, 4_000).Select(i => (i is (>= 10 and < 1_510) or 3_000 ? Fate.Lost : Fate.Matched, 0L)).ToArray();
        Feed(packets, 3, (in SettledBatch batch) => meter.Add(batch));
        var result = meter.Result(packets.Length);
        Assert.Equal((1_501, 2, 1_500), (meter.Lost, result.Bursts, result.LongestBurst));
        Assert.Equal([new LengthCount(1, 1), new LengthCount(1_024, 1)], result.BurstLengths);
        Assert.Equal([new LengthCount(1, 1_499), new LengthCount(1_024, 1)], result.Distances);
    }

    [Fact]
    public void IPDV_is_between_neighbours_in_sending_order_that_both_arrived() => Gen.Select(Packets, Gen.Int).Sample((packets, seed) =>
    {
        var meter = new DelayVariationMeter();
        Feed(packets, seed, (in SettledBatch batch) => meter.Add(batch));
        var stream = packets.Where(packet => packet.Fate is not (Fate.DuplicatedBefore or Fate.Recurred)).ToList();
        var expected = stream.Zip(stream.Skip(1)).Where(pair => pair.First.Fate == Fate.Matched && pair.Second.Fate == Fate.Matched)
            .Select(pair => pair.Second.Latency - pair.First.Latency).Order().ToList();
        var result = meter.Counts.Summarise([Percentile.P50, Percentile.P99]);
        Assert.Equal((expected.Count, expected.Count == 0), (meter.Counts.Count, result is null));
        if (result is not null)
        {
            Assert.Equal((expected[0], expected[^1]), (result.Min, result.Max));
            Assert.Equal(expected[(int)Percentile.P50.RankOf(expected.Count) - 1], result.Percentiles[0].Value);
            Assert.Equal(expected.Average(), result.Mean, 6);
        }
    });

    [Fact]
    public void The_time_series_and_the_total_count_every_packet_once() => Gen.Select(Packets, Gen.Int).Sample((packets, seed) =>
    {
        var meter = new TimeSeriesMeter(1_000);
        Feed(packets, seed, (in SettledBatch batch) => meter.Add(batch));
        var series = meter.Finish()!;
        var matched = packets.Where(packet => packet.Fate == Fate.Matched).ToList();
        Assert.Equal(matched.Count, meter.Total.Count);
        Assert.Equal(matched.Count, series.Matched.Sum());
        Assert.Equal(packets.Count(packet => packet.Fate == Fate.Lost), series.Lost.Sum());
        Assert.Equal(packets.Count(packet => packet.Fate is not (Fate.DuplicatedBefore or Fate.Recurred)), series.Sent.Sum());
        if (matched.Count > 0)
        {
            Assert.Equal(matched.Max(packet => packet.Latency), series.Max.Max());
            Assert.Equal(meter.Total.Max, series.Max.Max());
        }
    });

    [Fact]
    public void The_worst_are_the_slowest_and_of_equally_slow_ones_the_earlier() => Gen.Select(Packets, Gen.Int, Gen.Int[0, 50]).Sample((packets, seed, most) =>
    {
        var worst = new WorstPackets(most);
        Feed(packets, seed, (in SettledBatch batch) => worst.Add(batch));
        var expected = packets.Index().Where(packet => packet.Item.Fate == Fate.Matched)
            .OrderByDescending(packet => packet.Item.Latency).ThenBy(packet => packet.Index).Take(most).Select(packet => (packet.Item.Latency, packet.Index * 100L));
        Assert.Equal(expected, worst.Result().Select(packet => (packet.LatencyNs, packet.SentNs)));
    });

    [Fact]
    public void Reordering_is_that_of_RFC_4737_packet_by_packet() =>
        Gen.Select(Arrivals, Gen.Int[1, 3], Gen.Int[1, 130]).Sample((positions, flows, batch) =>
        {
            var meter = new ReorderingMeter();
            foreach (var part in positions.Index().Chunk(batch))
            {
                AddArrivals(meter, part.Select(arrival => (arrival.Index, arrival.Item, arrival.Item % flows)));
            }

            long reordered = 0, extents = 0, longest = 0, latest = 0;
            var nReordered = new long[65];
            foreach (var flow in positions.Index().GroupBy(arrival => arrival.Item % flows))
            {
                var arrivals = flow.ToList();
                for (var i = 0; i < arrivals.Count; i++)
                {
                    var overtaker = arrivals.FindIndex(other => other.Item > arrivals[i].Item);
                    if (overtaker < 0 || overtaker >= i)
                    {
                        continue;
                    }

                    reordered++;
                    extents += i - overtaker;
                    longest = Math.Max(longest, i - overtaker);
                    latest = Math.Max(latest, arrivals[i].Index - arrivals[overtaker].Index);
                    for (var n = 1; n <= Math.Min(i, 64) && arrivals[i - n].Item > arrivals[i].Item; n++)
                    {
                        nReordered[n]++;
                    }
                }
            }

            var result = meter.Result();
            Assert.Equal((reordered, longest, latest, 0), (meter.Reordered, result.MaxExtent, result.MaxLateTimeNs, result.BeyondHistory));
            Assert.Equal(reordered == 0 ? null : (double)extents / reordered, result.MeanExtent);
            Assert.Equal(nReordered.Skip(1).TakeWhile(count => count > 0), result.NReordering.Select(count => count.Count));
        });

    [Fact]
    public void A_flow_has_the_same_extents_whichever_number_it_has()
    {
        var meter = new ReorderingMeter();
        AddArrivals(meter, Enumerable.Range(0, 2_000).Select(flow => (flow, 0, flow)));
        // Of the last flow the first of 101 is the last to arrive.
        AddArrivals(meter, Enumerable.Range(1, 101).Select(i => (i * 10, i % 101, 2_000)));
        var result = meter.Result();
        Assert.Equal((100, 1_000, 0, 100), (result.MaxExtent, result.MaxLateTimeNs, result.BeyondHistory, result.MeanExtent));
    }

    [Theory]
    [InlineData(1, 1_024, 1_024, 0)]
    [InlineData(1, 1_025, 1_024, 1)]
    [InlineData(1, 5_000, 1_024, 1)]
    // So many flows cannot all have a history of their own: the last are remembered shortly.
    [InlineData(2_200, 1_024, 1_024, 120)]
    public void What_was_overtaken_longer_ago_than_is_remembered_is_told(int flows, int overtakers, long extent, long beyond)
    {
        var meter = new ReorderingMeter();
        for (var flow = 0; flow < flows; flow++)
        {
            AddArrivals(meter, Enumerable.Range(1, overtakers + 1).Select(i => (i, i % (overtakers + 1), flow)));
        }

        var result = meter.Result();
        Assert.Equal((extent, extent, beyond), (result.MaxExtent, result.MaxLateTimeNs, result.BeyondHistory));
        Assert.Equal(beyond == flows || beyond == 0, result.MeanExtent == extent);
        Assert.Equal((64, flows), (result.NReordering.Count, result.NReordering[^1].Count));
    }

    [Fact]
    public void Jitter_follows_the_formula_of_RFC_3550_and_starts_at_the_second_packet()
    {
        var meter = new JitterMeter();
        long[] latencies = [5_000, 5_160, 5_160, 4_000];
        foreach (var latency in latencies)
        {
            meter.Add(new ArrivedBatch { ArrivedNs = [latency], LatencyNs = [latency], Positions = [0], Flows = [3] });
        }

        var jitter = 0.0;
        foreach (var (first, second) in latencies.Zip(latencies.Skip(1)))
        {
            jitter += (Math.Abs(second - first) - jitter) / 16;
        }

        Assert.InRange(meter.Of(3), jitter - 0.5, jitter + 0.5);
        Assert.Equal((0, meter.Of(3)), (meter.Of(2), meter.HighestAtEnd));
    }

    [Fact]
    public void A_queue_that_drains_is_one_episode_and_two_of_them_are_two()
    {
        // Falling by a microsecond from packet to packet, as a stall that ends looks.
        var first = Enumerable.Range(0, 200).Select(i => new WorstPacket(200_000 - (i * 1_000), i * 1_000, 200_000, 0));
        var second = Enumerable.Range(0, 50).Select(i => new WorstPacket(50_000 - (i * 1_000), 900_000 + (i * 1_000), 950_000, 0));
        var episodes = StallEpisodes.Of(second.Concat(first));
        Assert.Equal([new StallEpisode(0, 200_000, 200_000, 200), new StallEpisode(900_000, 950_000, 50_000, 50)], episodes);
    }

    [Theory]
    [InlineData(4_000_000, "CONFIG_HZ=250")]
    [InlineData(1_000_000_000, "vmstat")]
    [InlineData(7_300_000, "")]
    public void A_period_is_found_although_some_stalls_are_missing_and_one_is_odd(long period, string cause)
    {
        var random = new Random(3);
        var starts = Enumerable.Range(0, 60).Where(i => i % 7 != 3).Select(i => (i * period) + random.Next((int)(period / 100))).Append((10 * period) + (period / 3)).Order();
        var found = EpisodePeriods.Of([.. starts.Select(start => new StallEpisode(start, start + 100, 100, 1))]);
        Assert.InRange(found!.PeriodNs, period * 0.995, period * 1.005);
        Assert.Contains(cause, found.LikelyCause, StringComparison.Ordinal);
    }

    /// <summary>The slowest 5,000 packets of ten minutes with a tick each 4 ms are of one tick in thirty.</summary>
    [Fact]
    public void A_tick_is_found_where_the_slowest_packets_are_of_few_of_its_ticks()
    {
        var random = new Random(5);
        var starts = Enumerable.Range(0, 150_000).Where(_ => random.Next(30) == 0).Select(tick => (tick * 4_000_000L) + random.Next(40_000));
        var found = EpisodePeriods.Of([.. starts.Select(start => new StallEpisode(start, start + 100, 100, 1))]);
        Assert.InRange(found!.PeriodNs, 3_990_000, 4_010_000);
        Assert.Contains("CONFIG_HZ=250", found.LikelyCause, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_stalls_at_random_times_have_no_period()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            var random = new Random(seed);
            var starts = Enumerable.Range(0, 5_000).Select(_ => random.NextInt64(600_000_000_000)).Order();
            Assert.Null(EpisodePeriods.Of([.. starts.Select(start => new StallEpisode(start, start + 100, 100, 1))]));
        }
    }

    [Fact]
    public void Stalls_at_random_times_have_no_period()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var starts = Enumerable.Range(0, 40).Select(_ => random.NextInt64(1_000_000_000)).Order();
            Assert.Null(EpisodePeriods.Of([.. starts.Select(start => new StallEpisode(start, start + 100, 100, 1))]));
        }
    }

    /// <summary>In any order, or in one in which most things are where they belong.</summary>
    private static readonly Gen<int[]> Arrivals = Gen.OneOf(
        Gen.Shuffle(Enumerable.Range(0, 60).ToArray(), 60),
        Gen.Int[0, 30].Array[120].Select(late => late.Select((by, i) => (Position: i, At: i + (by > 25 ? 40 * (by - 25) : 0))).OrderBy(packet => packet.At).Select(packet => packet.Position).ToArray()));

    private static void AddArrivals(ReorderingMeter meter, IEnumerable<(int ArrivedNs, int Position, int Flow)> arrivals)
    {
        var all = arrivals.ToList();
        meter.Add(new ArrivedBatch
        {
            ArrivedNs = all.Select(arrival => (long)arrival.ArrivedNs).ToArray(),
            LatencyNs = new long[all.Count],
            Positions = all.Select(arrival => (long)arrival.Position).ToArray(),
            Flows = all.Select(arrival => (ushort)arrival.Flow).ToArray(),
        });
    }

    private delegate void Receiver(in SettledBatch batch);

    /// <summary>Hands packets that depart 100 ns apart over in batches of one fate and of random size.</summary>
    private static void Feed((Fate Fate, long Latency)[] packets, int seed, Receiver receive)
    {
        var random = new Random(seed);
        for (var start = 0; start < packets.Length;)
        {
            var fate = packets[start].Fate;
            var part = packets.Skip(start).Take(1 + random.Next(40)).TakeWhile(packet => packet.Fate == fate).ToArray();
            receive(new SettledBatch
            {
                SentNs = part.Select((_, i) => (start + i) * 100L).ToArray(),
                LatencyNs = part.Select(packet => fate == Fate.Matched ? packet.Latency : 0).ToArray(),
                Flows = new ushort[part.Length],
                WireLengths = new ushort[part.Length],
                Fate = fate,
                Position = start,
            });
            start += part.Length;
        }
    }
}

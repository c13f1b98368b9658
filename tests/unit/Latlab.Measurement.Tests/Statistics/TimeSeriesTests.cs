using CsCheck;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class TimeSeriesTests
{
    private const long StartNs = 1_700_000_000_123_456_789;
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000 * Millisecond;

    [Fact]
    public void It_starts_with_the_first_departure_though_that_is_lost_and_has_every_arrival()
    {
        // 10 kpkt/s for 200 ms, of which the first 50 ms are lost; packets take 25 ms.
        var options = new AnalysisOptions { Match = new MatchOptions(100 * Millisecond), IntervalNs = 10 * Millisecond };
        var pair = new PairAccumulator(options);
        for (var i = 0; i < 2_000; i++)
        {
            pair.Add(Tap.Ingress, [At(i)]);
        }

        for (var i = 500; i < 2_000; i++)
        {
            pair.Add(Tap.Egress, [At(i) with { TimeNs = At(i).TimeNs + (25 * Millisecond) }]);
        }

        var result = pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" });
        var series = result.TimeSeries!;
        Assert.Equal((StartNs, 500, 1_500), (series.StartNs, result.Counters.Lost, result.Counters.Matched));
        Assert.Equal([.. Repeat(100, 20), .. Repeat(0, 3)], series.Sent);
        Assert.Equal([.. Repeat(100, 5), .. Repeat(0, 18)], series.Lost);
        Assert.Equal([.. Repeat(0, 7), 50, .. Repeat(100, 14), 50], series.Arrived);
        Assert.Equal([.. Enumerable.Repeat<long?>(null, 5), .. Enumerable.Repeat<long?>(25 * Millisecond, 15), null, null, null], series.P50);

        static PacketRecord At(int i) => PacketRecord.Numbered(StartNs + (i * Millisecond / 10), (ulong)i, 0);
    }

    /// <summary>10,000 departures at 1 kpkt/s, some with odd stamps, one by one and in batches.</summary>
    [Theory]
    [InlineData(30_000, 1, new[] { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 })]
    [InlineData(-5_000, 1, new[] { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 })]
    [InlineData(-1_700_000_000_000, 1, new[] { 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000 })]
    // Set for good.
    [InlineData(-2_000, 5_500, new[] { 1000, 1000, 1500, 2000, 1500, 1000, 1000, 1000 })]
    [InlineData(-6_000, 5_500, new[] { 500, 1000, 2000, 2000, 2000, 2000, 500 })]
    [InlineData(2_000, 5_500, new[] { 1000, 1000, 1000, 1000, 500, 0, 500, 1000, 1000, 1000, 1000, 1000 })]
    public void One_odd_stamp_takes_nothing_with_it_and_a_clock_that_is_set_is_followed(long stepMs, int count, int[] sent)
    {
        // One of them at 2.5 s, or all from 4.5 s on.
        var (from, to) = count == 1 ? (2_500, 2_501) : (10_000 - count, 10_000);
        var stamps = Enumerable.Range(0, 10_000).Select(i => StartNs + (i * Millisecond) + (i >= from && i < to ? stepMs * Millisecond : 0)).ToArray();
        foreach (var size in new[] { 1, 7, 10_000 })
        {
            var series = SeriesOf(stamps, size);
            Assert.Equal(sent.Select(packets => (long)packets), series.Sent);
            Assert.Equal(series.Sent, series.Matched);
            Assert.Equal(10_000, series.Arrived.Sum());
        }
    }

    [Fact]
    public void Packets_without_a_stamp_count_where_they_are()
    {
        var stamps = Enumerable.Range(0, 5_000).Select(i => i < 3 || (i / 3 * 3) is 2_100 or 3_999 ? 0 : StartNs + (i * Millisecond)).ToArray();
        foreach (var size in new[] { 1, 7, 10_000 })
        {
            var series = SeriesOf(stamps, size);
            Assert.Equal([1003, 1000, 1000, 1000, 997], [.. series.Sent]);
            Assert.Equal(StartNs + (3 * Millisecond), series.StartNs);
        }

        Assert.Equal([3], SeriesOf([0, 0, 0], 2).Sent);
    }

    [Fact]
    public void Where_a_clock_came_by_twice_the_maximum_is_known_and_percentiles_are_not()
    {
        var stamps = Enumerable.Range(0, 5_000).Select(i => StartNs + (i * Millisecond) - (i < 2_500 ? 0 : Second)).ToArray();
        var series = SeriesOf(stamps, 7);
        Assert.Equal([1000, 1500, 1500, 1000], [.. series.Sent]);
        Assert.Equal([100, null, null, 100], [.. series.P50]);
        Assert.Equal([100, null, null, 100], [.. series.P99]);
        Assert.Equal([100, 100, 100, 100], [.. series.Max]);
    }

    [Fact]
    public void What_lies_beyond_the_most_intervals_is_counted_in_the_last()
    {
        var series = SeriesOf([StartNs, StartNs + 1, StartNs + (3L * IntervalGrid.MostIntervals * Second), StartNs + (4L * IntervalGrid.MostIntervals * Second)], 1);
        Assert.Equal((IntervalGrid.MostIntervals, 2, 2), (series.Sent.Count, series.Sent[0], series.Sent[^1]));
        Assert.Equal(4, series.Arrived.Sum());
    }

    [Fact]
    public void Whatever_the_stamps_are_every_packet_counts_once_in_any_batching() =>
        Gen.Select(Gen.OneOf(Gen.Long[0, 3 * Second], Gen.Long[-10 * Second, 100 * Second], Gen.Long[-5, 5]).Array[1, 60], Gen.Int[1, 70]).Sample(
            (stamps, size) =>
            {
                var (one, other) = (SeriesOf(stamps, 1), SeriesOf(stamps, size));
                Assert.Equal((stamps.Length, stamps.Length, stamps.Length), (one.Sent.Sum(), one.Matched.Sum(), one.Arrived.Sum()));
                Assert.Equal(one.StartNs, other.StartNs);
                Assert.Equal(one.Sent, other.Sent);
                Assert.Equal(one.Arrived, other.Arrived);
                Assert.Equal(one.P50, other.P50);
            });

    /// <summary>Of packets that all arrive after 100 ns, without a stamp where they depart without one.</summary>
    private static TimeSeries SeriesOf(long[] stamps, int batch)
    {
        var meter = new TimeSeriesMeter(Second);
        meter.Start(stamps, long.MinValue);
        foreach (var part in stamps.Chunk(batch))
        {
            long[] latencies = [.. Repeat(100, part.Length)];
            var flows = new ushort[part.Length];
            meter.Add(new ArrivedBatch { ArrivedNs = part.Select(sent => sent == 0 ? 0 : sent + 100).ToArray(), LatencyNs = latencies, Positions = latencies, Flows = flows });
            meter.Add(new SettledBatch { SentNs = part, LatencyNs = latencies, Flows = flows, WireLengths = flows, Fate = Fate.Matched, Position = 0 });
        }

        var series = meter.Finish()!;
        Assert.Equal(stamps.Length, meter.Total.Count);
        return series;
    }

    private static IEnumerable<long> Repeat(long value, int count) => Enumerable.Repeat(value, count);
}

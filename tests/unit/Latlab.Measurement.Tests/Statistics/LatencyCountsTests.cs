using CsCheck;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class LatencyCountsTests
{
    private static readonly Gen<long> Latencies = Gen.OneOf(
        Gen.Long[0, 100],
        Gen.Long[0, 1_000_000],
        Gen.Long[LatencyCounts.Countable - 10, LatencyCounts.Countable + 10],
        Gen.Long[0, 1_000_000_000_000]);

    [Theory]
    [InlineData(999_000_000, 1000, 999)]
    [InlineData(999_000_000, 1001, 1000)]
    [InlineData(500_000_000, 1, 1)]
    [InlineData(500_000_000, 2, 1)]
    [InlineData(500_000_000, 3, 2)]
    [InlineData(990_000_000, 100, 99)]
    [InlineData(999_900_000, 10_000, 9_999)]
    [InlineData(999_999_000, 600_000, 600_000)]
    [InlineData(999_900_000, 9_000_000_000_000_000_000, 8_999_100_000_000_000_000)]
    public void The_rank_is_the_product_rounded_up(long partsPerBillion, long count, long rank) =>
        Assert.Equal(rank, new Percentile(partsPerBillion).RankOf(count));

    [Fact]
    public void Percentiles_mean_and_extremes_are_those_of_the_sorted_values() =>
        Gen.Select(Latencies.Array[1, 300], Gen.Long[0, 1_000_000_000]).Sample((values, share) =>
        {
            var counts = Of(values);
            var sorted = values.Order().ToArray();
            // The definition of RFC 2330: the smallest value that at least this share of the sample does not exceed.
            var expected = sorted.First(value => sorted.Count(other => other <= value) * 1_000_000_000m >= (decimal)share * sorted.Length);
            Assert.Equal(expected, counts.At(new Percentile(share)));
            Assert.Equal(sorted[0], counts.Min);
            Assert.Equal(sorted[^1], counts.Max);
            Assert.Equal((long)decimal.Floor((sorted.Sum(value => (decimal)value) / sorted.Length) + 0.5m), counts.Mean);
        });

    [Fact]
    public void Values_added_after_a_percentile_was_asked_for_count() =>
        Gen.Select(Latencies.Array[1, 50], Latencies.Array[1, 50]).Sample((first, second) =>
        {
            var counts = Of(first);
            counts.At(Percentile.P99);
            foreach (var value in second)
            {
                counts.Add(value);
            }

            return counts.At(Percentile.P50) == Of([.. first, .. second]).At(Percentile.P50);
        });

    [Fact]
    public void One_slow_packet_in_600000_is_the_highest_percentile_not_rounded_away()
    {
        var counts = new LatencyCounts();
        for (var i = 0; i < 599_999; i++)
        {
            counts.Add(1000);
        }

        counts.Add(99_000);
        Assert.Equal(99_000, counts.At(new Percentile(999_999_000)));
        Assert.Equal(1000, counts.At(Percentile.P9999));
    }

    [Fact]
    public void Memory_grows_with_the_number_of_different_values_not_of_packets()
    {
        var counts = new LatencyCounts();
        AddSlowOnes(counts);
        var before = GC.GetAllocatedBytesForCurrentThread();
        AddSlowOnes(counts);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(LatencyCounts.Countable + 49, counts.At(Percentile.P50));

        static void AddSlowOnes(LatencyCounts counts)
        {
            for (var i = 0; i < 100_000; i++)
            {
                counts.Add(LatencyCounts.Countable + (i % 100));
            }
        }
    }

    [Fact]
    public void What_was_coarse_stays_so_in_the_total_and_is_forgotten_with_the_values()
    {
        var second = new LatencyCounts();
        for (var i = 0; i <= LatencyCounts.MostBeyond; i++)
        {
            second.Add(LatencyCounts.Countable + i);
        }

        var total = Of([LatencyCounts.Countable + 5, 95_000_001]);
        total.Add(second);
        Assert.Equal((8, 8), (total.ResolutionBeyondNs, total.ToHistogram().BucketNs));
        Assert.Equal((LatencyCounts.Countable, 95_000_001, 95_000_000), (total.Min, total.Max, total.AtRank(total.Count)));
        Assert.Equal(LatencyCounts.MostBeyond + 3, total.ToHistogram().Counts.Sum());
        second.Clear();
        second.Add(95_000_001);
        Assert.Equal((1, 1, 95_000_001), (second.ResolutionBeyondNs, second.ToHistogram().BucketNs, second.AtRank(1)));
    }

    [Fact]
    public void Buckets_have_all_values_from_their_lower_edge_on() =>
        Gen.Long[0, 5_000].Array[1, 200].Sample(values =>
        {
            var histogram = Of(values.Append(LatencyCounts.Countable + 77)).ToHistogram(100);
            var buckets = values.Append(LatencyCounts.Countable + 77).GroupBy(value => value / 100 * 100).OrderBy(bucket => bucket.Key).ToList();
            Assert.Equal(buckets.Select(bucket => bucket.Key), histogram.Values);
            Assert.Equal(buckets.Select(bucket => bucket.LongCount()), histogram.Counts);
            Assert.Equal(100, histogram.BucketNs);
        });

    [Fact]
    public void A_negative_latency_is_a_bug_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LatencyCounts().Add(-1));

    [Fact]
    public void There_is_no_percentile_of_nothing() =>
        Assert.Throws<InvalidOperationException>(() => new LatencyCounts().At(Percentile.P50));

    private static LatencyCounts Of(IEnumerable<long> values)
    {
        var counts = new LatencyCounts();
        foreach (var value in values)
        {
            counts.Add(value);
        }

        return counts;
    }
}

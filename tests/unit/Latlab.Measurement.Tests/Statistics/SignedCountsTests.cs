using CsCheck;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class SignedCountsTests
{
    private static readonly Percentile[] Percentiles = [new(1), new(10_000_000), new(250_000_000), Percentile.P50, Percentile.P99, Percentile.P999999];

    private static readonly Gen<long> Values = Gen.OneOf(
        Gen.Long[-3, 3],
        Gen.Long[-1_000_000, 1_000_000],
        Gen.Long[-LatencyCounts.Countable - 3, -LatencyCounts.Countable + 3],
        Gen.Long[LatencyCounts.Countable - 3, LatencyCounts.Countable + 3],
        Gen.Long[-1_000_000_000_000, 1_000_000_000_000]);

    [Fact]
    public void A_summary_is_that_of_the_sorted_values_of_either_sign() => Values.Array[1, 300].Sample(values =>
    {
        // As differences of what they add up to, which is how they come.
        var counts = new SignedCounts();
        counts.Add(values[0]);
        counts.AddDifferences(values.Skip(1).Aggregate(new List<long> { 0 }, (sums, value) => [.. sums, sums[^1] + value]).ToArray());
        var summary = counts.Summarise(Percentiles)!;
        var sorted = values.Order().ToArray();
        Assert.Equal((values.Length, sorted[0], sorted[^1]), (summary.Count, summary.Min, summary.Max));
        Assert.Equal((double)(values.Aggregate(Int128.Zero, (sum, value) => sum + value)) / values.Length, summary.Mean);
        Assert.Equal(Percentiles.Select(percentile => (long?)sorted[percentile.RankOf(sorted.Length) - 1]), summary.Percentiles.Select(percentile => percentile.Value));
    });

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void With_more_different_values_than_are_told_apart_none_changes_its_sign_and_ranks_stay(int sign)
    {
        var counts = new SignedCounts();
        var values = new List<long>();
        for (var i = 0; i <= LatencyCounts.MostBeyond; i++)
        {
            values.Add(sign * (LatencyCounts.Countable + (3L * i)));
        }

        values.AddRange([-sign * 5, sign * 5, -sign * LatencyCounts.Countable * 2, 0]);
        values.ForEach(counts.Add);
        values.Sort();
        var summary = counts.Summarise(Percentiles)!;
        Assert.Equal(8, counts.ResolutionBeyondNs);
        Assert.Equal((values[0], values[^1]), (summary.Min, summary.Max));
        Assert.InRange(summary.Mean - values.Average(), -8, 8);
        foreach (var (percentile, found) in Percentiles.Zip(summary.Percentiles))
        {
            var exact = values[(int)percentile.RankOf(values.Count) - 1];
            Assert.Equal(Math.Sign(exact), Math.Sign(found.Value!.Value));
            Assert.InRange(Math.Abs(exact) - Math.Abs(found.Value.Value), 0, 7);
        }
    }
}

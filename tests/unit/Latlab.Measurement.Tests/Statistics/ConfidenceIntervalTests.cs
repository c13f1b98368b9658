using CsCheck;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class ConfidenceIntervalTests
{
    [Theory]
    [InlineData(0.5, 100)]
    [InlineData(0.9, 50)]
    [InlineData(0.99, 2_000)]
    [InlineData(0.999, 20_000)]
    public void Of_samples_drawn_again_and_again_at_least_95_in_100_enclose_the_quantile(double share, int count)
    {
        // Of uniform values the quantile is the share itself.
        var (lower, upper) = ConfidenceInterval.RanksOf(new Percentile((long)(share * 1e9)), count);
        var random = new Random(7);
        const int samples = 2_000;
        var enclosed = 0;
        for (var sample = 0; sample < samples; sample++)
        {
            // The value at a rank is below the quantile when at least so many values are.
            var below = 0;
            for (var i = 0; i < count; i++)
            {
                below += random.NextDouble() < share ? 1 : 0;
            }

            enclosed += (lower is null || below >= lower) && (upper is null || below < upper) ? 1 : 0;
        }

        // Three standard deviations of a simulation of 2,000 samples.
        Assert.InRange((double)enclosed / samples, 0.95 - 0.015, 0.985);
    }

    [Fact]
    public void Ranks_are_those_of_the_binomial_distribution_summed_term_by_term() =>
        Gen.Select(Gen.Int[1, 300], Gen.Long[1, 999_999_999]).Sample((count, parts) =>
        {
            var share = parts / 1e9;
            var cumulative = new double[count + 1];
            var sum = 0.0;
            for (var k = 0; k <= count; k++)
            {
                var term = 1.0;
                for (var i = 1; i <= k; i++)
                {
                    term *= (count - k + i) / (double)i * share;
                }

                cumulative[k] = sum += term * Math.Pow(1 - share, count - k);
            }

            var (lower, upper) = ConfidenceInterval.RanksOf(new Percentile(parts), count);
            // P(X(r) > quantile) = P(B < r) ≤ 2.5 % for the lower rank, and not for the next.
            AssertTail(lower is { } low ? cumulative[low - 1] : 0, cumulative[Math.Min(count, lower ?? 0)]);
            AssertTail(upper is { } high ? 1 - cumulative[high - 1] : 0, upper is 1 ? 1 : 1 - (upper is { } next ? cumulative[next - 2] : cumulative[count - 1]));
        }, iter: 2_000);

    [Fact]
    public void The_highest_percentile_of_ten_million_packets_has_an_interval_and_that_of_a_million_no_upper_bound()
    {
        var large = ConfidenceInterval.RanksOf(Percentile.P999999, 10_000_000);
        // Packets above are Poisson with mean 10: P(< 4) = 1.0 %, P(< 5) = 2.9 %, P(> 17) = 1.4 %, P(> 16) = 2.7 %.
        Assert.Equal((9_999_983, 9_999_997), (large.Lower, large.Upper));
        Assert.Null(ConfidenceInterval.RanksOf(Percentile.P999999, 1_000_000).Upper);
    }

    [Fact]
    public void Line_rate_for_a_minute_is_no_trouble()
    {
        var (lower, upper) = ConfidenceInterval.RanksOf(Percentile.P50, 893_000_000);
        // ± 1.96 · √(n/4), to a rank or two.
        Assert.InRange(446_500_000 - lower!.Value, 29_250, 29_320);
        Assert.InRange(upper!.Value - 446_500_000, 29_250, 29_320);
    }

    private static void AssertTail(double tail, double next)
    {
        Assert.InRange(tail, -1e-9, 0.025 + 1e-9);
        Assert.InRange(next, 0.025 - 1e-9, 1 + 1e-9);
    }
}

using Latlab.Cli.Results;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;
using Latlab.Reports.Comparison;

namespace Latlab.Cli.Tests.Results;

/// <summary>What <c>latlab compare</c> prints of a percentile.</summary>
public sealed class ComparisonTextTests
{
    private static readonly PercentileValue First = new(50, 7_991, 7_980, 8_000, 5_000);

    [Theory]
    [InlineData(7_900L, 7_920L, "7903 (-88, -100..-60, faster)", "-88,-100,-60,Faster")]
    [InlineData(7_900L, 7_990L, "7903 (-88, -100..+10, not distinguishable)", "-88,-100,10,NotDistinguishable")]
    [InlineData(7_900L, null, "7903 (-88, -100..?, too few packets)", "-88,-100,,Unknown")]
    [InlineData(null, null, "7903 (-88, too few packets)", "-88,,,Unknown")]
    public void A_difference_is_followed_by_its_bounds(long? lower, long? upper, string cell, string csv)
    {
        var comparison = ResultComparison.Of([Of("a", First), Of("b", new PercentileValue(50, 7_903, lower, upper, 5_000))], [Percentile.P50]);
        Assert.Equal(["p50", "7991", cell], ComparisonText.Rows(comparison).Single(row => row[0] == "p50"));

        using var output = new StringWriter();
        ComparisonText.WriteCsv(output, comparison);
        var rows = output.ToString().Split(Environment.NewLine);
        Assert.EndsWith(",difference_ns,difference_lower_ns,difference_upper_ns,verdict", rows[0], StringComparison.Ordinal);
        Assert.EndsWith($",{csv}", rows[2], StringComparison.Ordinal);
    }

    private static AnalysisResult Of(string name, PercentileValue median) => new()
    {
        MadeBy = "test",
        Name = name,
        Counters = new Counters { Before = 10_000, After = 10_000, Matched = 10_000, Lost = 0 },
        LatencyNs = new LatencyStatistics { Count = 10_000, Min = 1, Max = 20_000, Percentiles = [median] },
    };
}

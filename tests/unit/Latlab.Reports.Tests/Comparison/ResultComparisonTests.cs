using System.Text.Json.Nodes;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;
using Latlab.Reports.Comparison;

namespace Latlab.Reports.Tests.Comparison;

public sealed class ResultComparisonTests
{
    [Theory]
    [InlineData(5_000, ComparisonVerdict.Slower)]
    [InlineData(-5_000, ComparisonVerdict.Faster)]
    [InlineData(10, ComparisonVerdict.NotDistinguishable)]
    public void A_verdict_is_given_only_where_the_intervals_separate(long shift, ComparisonVerdict verdict)
    {
        var comparison = ResultComparison.Of([SmallResults.Of("a", 10_000, 10_000), SmallResults.Of("b", 10_000 + shift, 10_000)], [Percentile.P50]);
        Assert.Empty(comparison.Obstacles);
        Assert.Equal((verdict, shift), (comparison.Rows[0].Cells[1].Verdict, comparison.Rows[0].Cells[1].DifferenceNs));
    }

    [Fact]
    public void Too_few_packets_for_an_interval_give_no_verdict()
    {
        var comparison = ResultComparison.Of([SmallResults.Of("a", 10_000, 100), SmallResults.Of("b", 90_000, 100)], [Percentile.P9999]);
        Assert.Equal(ComparisonVerdict.Unknown, comparison.Rows[0].Cells[1].Verdict);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(150)]
    [InlineData(-150)]
    [InlineData(-300)]
    public void Bounds_of_the_difference_are_of_one_sign_exactly_where_there_is_a_verdict(long shift)
    {
        var comparison = ResultComparison.Of([SmallResults.Of("a", 10_000, 10_000), SmallResults.Of("b", 10_000 + shift, 10_000)], [Percentile.P50]);
        var (first, cell) = (comparison.Rows[0].Cells[0], comparison.Rows[0].Cells[1]);
        Assert.Equal((null, null), (first.DifferenceLowerNs, first.DifferenceUpperNs));
        Assert.Equal(
            (cell.Value!.Lower - first.Value!.Upper, cell.Value.Upper - first.Value.Lower), (cell.DifferenceLowerNs, cell.DifferenceUpperNs));
        Assert.InRange(shift, cell.DifferenceLowerNs!.Value, cell.DifferenceUpperNs!.Value);
        // An interval of the median of 10,000 values a nanosecond apart is 196 ns long.
        Assert.Equal(Math.Abs(shift) > 196, cell.Verdict != ComparisonVerdict.NotDistinguishable);
        Assert.Equal(cell.Verdict != ComparisonVerdict.NotDistinguishable, cell.DifferenceLowerNs > 0 || cell.DifferenceUpperNs < 0);
    }

    [Fact]
    public void A_difference_has_no_bound_where_an_interval_has_none()
    {
        var comparison = ResultComparison.Of([SmallResults.Of("a", 10_000, 10_000), SmallResults.Of("b", 90_000, 100)], [Percentile.P9999]);
        var cell = comparison.Rows[0].Cells[1];
        Assert.NotNull(cell.DifferenceNs);
        Assert.Null(cell.DifferenceUpperNs);
    }

    [Theory]
    [InlineData(TimestampSource.Unknown, "kernel", true)]
    [InlineData(TimestampSource.Unknown, "NIC", false)]
    [InlineData(TimestampSource.Unknown, "timestamper", false)]
    [InlineData(TimestampSource.Software, "kernel", false)]
    public void When_no_instrument_is_known_at_all_results_are_compared_with_a_warning(TimestampSource timestamps, string key, bool isWarned)
    {
        var result = SmallResults.Of("one", 1_000, 10) with { Timestamps = timestamps, Environment = new Dictionary<string, string> { [key] = "x" } };
        var comparison = ResultComparison.Of([result, result], Percentile.Usual);
        Assert.Empty(comparison.Obstacles);
        Assert.Equal(isWarned, comparison.Warning?.Contains("--env nic=", StringComparison.Ordinal) ?? false);
    }

    [Fact]
    public void Json_has_what_the_table_has()
    {
        var comparison = ResultComparison.Of([SmallResults.Of("a", 10_000, 10_000), SmallResults.Of("b", 15_000, 10_000)], [Percentile.P50]);
        var json = JsonNode.Parse(ComparisonJson.Of(comparison))!;
        Assert.Equal(["a", "b"], json["results"]!.AsArray().Select(result => (string)result!["name"]!));
        var values = json["percentiles"]![0]!["values"]!;
        Assert.Equal(50, (double)json["percentiles"]![0]!["percentile"]!);
        Assert.Equal("None", (string)values[0]!["verdict"]!);
        Assert.Null(values[0]!["differenceNs"]);
        Assert.Equal(("Slower", 5_000L), ((string)values[1]!["verdict"]!, (long)values[1]!["differenceNs"]!));
        Assert.Null(values[0]!["differenceLowerNs"]);
        var cell = comparison.Rows[0].Cells[1];
        Assert.Equal(cell.Value!.Upper, (long)values[1]!["upperNs"]!);
        Assert.Equal((cell.DifferenceLowerNs, cell.DifferenceUpperNs), ((long)values[1]!["differenceLowerNs"]!, (long)values[1]!["differenceUpperNs"]!));
    }

    [Fact]
    public void Different_instruments_are_refused_with_the_reason()
    {
        var one = SmallResults.Of("one", 1_000, 10) with { Timestamps = TimestampSource.Hardware, Environment = new Dictionary<string, string> { ["nic"] = "X710" } };
        var other = SmallResults.Of("other", 1_000, 10) with
        {
            Timestamps = TimestampSource.Software,
            Environment = new Dictionary<string, string> { ["nic"] = "E810" },
            Partial = true,
        };
        var obstacles = ResultComparison.Of([one, other], Percentile.Usual).Obstacles;
        Assert.Contains(obstacles, obstacle => obstacle.Contains("hardware timestamps", StringComparison.Ordinal));
        Assert.Contains(obstacles, obstacle => obstacle.Contains("nic X710", StringComparison.Ordinal));
        Assert.Contains(obstacles, obstacle => obstacle.Contains("interrupted", StringComparison.Ordinal));
        Assert.Empty(ResultComparison.Of([one, one], Percentile.Usual).Obstacles);
    }

    [Theory]
    [InlineData("NIC", "x710", 0)]
    [InlineData("nic", "E810", 1)]
    [InlineData("kernel", "6.1", 1)]
    public void A_NIC_is_the_same_in_any_case_and_another_when_it_is_not_known(string key, string value, int obstacles)
    {
        var one = SmallResults.Of("one", 1_000, 10) with { Environment = new Dictionary<string, string> { ["nic"] = "X710" } };
        var other = SmallResults.Of("other", 1_000, 10) with { Environment = new Dictionary<string, string> { [key] = value } };
        Assert.Equal(obstacles, ResultComparison.Of([one, other], Percentile.Usual).Obstacles.Count);
        Assert.Equal(obstacles, ResultComparison.Of([other, one], Percentile.Usual).Obstacles.Count);
    }
}

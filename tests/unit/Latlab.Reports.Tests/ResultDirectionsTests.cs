using Latlab.Measurement.Results;

namespace Latlab.Reports.Tests;

public sealed class ResultDirectionsTests
{
    private static readonly AnalysisResult Reverse = SmallResults.Of("", 7_000, 100);
    private static readonly AnalysisResult Both = SmallResults.Of("both", 2_000, 50) with { Reverse = Reverse };
    private static readonly AnalysisResult OneWay = SmallResults.Of("one way", 3_000, 50);

    [Fact]
    public void The_other_direction_is_a_result_after_its_own_and_named_after_it()
    {
        var apart = ResultDirections.Apart([Both, OneWay]);
        Assert.Equal(["both", "both (reverse)", "one way"], apart.Select(result => result.Name));
        Assert.Equal([2_000, 7_000, 3_000], apart.Select(result => result.LatencyNs!.Min));
        Assert.All(apart, result => Assert.Null(result.Reverse));
    }

    [Fact]
    public void It_is_not_shown_twice_when_it_is_given_by_itself()
    {
        var itself = SmallResults.Of("reverse", 7_000, 100);
        Assert.Equal(["both", "reverse"], ResultDirections.Apart([Both, itself]).Select(result => result.Name));
        // Of as many packets, and another one.
        var other = itself with { LatencyNs = SmallResults.Of("", 8_000, 100).LatencyNs };
        Assert.Equal(["both", "both (reverse)", "reverse"], ResultDirections.Apart([Both, other]).Select(result => result.Name));
    }

    [Fact]
    public void A_result_of_one_direction_has_no_other_one() => Assert.Null(ResultDirections.ReverseOf(OneWay));
}

using CsCheck;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests;

public sealed class LengthOfTimeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("100ms", 100)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    public void Units_are_read(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), LengthOfTime.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("1")]
    [InlineData("s")]
    [InlineData("1.5s")]
    [InlineData("1d")]
    [InlineData("1s ")]
    [InlineData("999999999h")]
    public void What_is_not_a_length_of_time_is_refused(string? text) => Assert.False(LengthOfTime.TryParse(text, out _));

    [Fact]
    public void Writing_and_reading_is_the_identity() =>
        Gen.Long[0, 100_000_000].Sample(
            ms => LengthOfTime.Parse(LengthOfTime.Format(TimeSpan.FromMilliseconds(ms))) == TimeSpan.FromMilliseconds(ms));
}

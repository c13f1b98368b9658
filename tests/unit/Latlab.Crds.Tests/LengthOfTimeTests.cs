using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using CsCheck;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Tests;

public sealed class LengthOfTimeTests
{
    private static readonly string[] Units = ["us", "ms", "s", "m", "h", "", "d"];

    [Theory]
    [InlineData("0", 0)]
    [InlineData("100ms", 100)]
    [InlineData("10s", 10_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("0s", 0)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h0m0s", 3_600_000)]
    [InlineData("2000us", 2)]
    [InlineData("256204778h", 922_337_200_800_000)]
    public void Units_are_read(string text, long milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), LengthOfTime.Parse(text));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("250us", 250)]
    [InlineData("1s500ms", 1_500_000)]
    [InlineData("1m30s", 90_000_000)]
    [InlineData("24h", 86_400_000_000)]
    [InlineData("24h1us", 86_400_000_001)]
    public void They_are_written_with_the_largest_unit_first(string text, long microseconds) =>
        Assert.Equal(text, LengthOfTime.Format(TimeSpan.FromMicroseconds(microseconds)));

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
    [InlineData("256204778h256204778h")]
    [InlineData("1234567890us")]
    [InlineData("1m30")]
    [InlineData("1m s")]
    [InlineData("1ns")]
    [InlineData("1µs")]
    [InlineData("00")]
    [InlineData("1s\n")]
    public void What_is_not_a_length_of_time_is_refused(string? text) => Assert.False(LengthOfTime.TryParse(text, out _));

    [Fact]
    public void Writing_and_reading_is_the_identity() =>
        Gen.Long[0, TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMicrosecond].Select(us => new TimeSpan(us * TimeSpan.TicksPerMicrosecond))
            .Sample(length => LengthOfTime.Parse(LengthOfTime.Format(length)) == length);

    [Fact]
    public void What_is_written_matches_the_patterns_of_the_schema() =>
        Gen.Long[0, 90_000_000_000].Select(us => LengthOfTime.Format(TimeSpan.FromMicroseconds(us)))
            .Sample(text => Regex.IsMatch(text, Names.Duration) && Regex.IsMatch(text, Names.PositiveDuration) == (text != "0"));

    [Fact]
    public void What_the_patterns_let_pass_is_read_unless_it_is_too_long()
    {
        var text = Gen.OneOf(Gen.Const("0"), Gen.Select(Gen.Int[0, 999_999], Gen.Int[0, Units.Length - 1].Select(i => Units[i]), (number, unit) => number + unit)
            .Array[1, 4].Select(parts => string.Concat(parts)));
        text.Sample(t =>
        {
            var isShort = LengthOfTime.TryParse(t, out var length);
            return isShort == (Regex.IsMatch(t, Names.Duration) && Ticks(t) <= TimeSpan.MaxValue.Ticks)
                && (!isShort || !Regex.IsMatch(t, Names.PositiveDuration) || length > TimeSpan.Zero);
        });
    }

    /// <summary>However many they are.</summary>
    private static BigInteger Ticks(string text) => Regex.Matches(text, "([0-9]+)(ms|us|h|m|s)").Aggregate(BigInteger.Zero, (sum, part) =>
        sum + (BigInteger.Parse(part.Groups[1].Value, CultureInfo.InvariantCulture) * part.Groups[2].Value switch
        {
            "h" => TimeSpan.TicksPerHour,
            "m" => TimeSpan.TicksPerMinute,
            "s" => TimeSpan.TicksPerSecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            _ => TimeSpan.TicksPerMicrosecond,
        }));
}

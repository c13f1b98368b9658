using Latlab.Measurement.Analysis;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Analysis;

public sealed class PairOptionsTests
{
    /// <summary>Window 100 ms: what may be latency does not move it, what cannot be is allowed for.</summary>
    [Theory]
    [InlineData(3_000, 0, 0)]
    [InlineData(60_000_000, 0, 0)]
    [InlineData(100_000_000, 0, 0)]
    [InlineData(-40_000_000, 0, 0)]
    [InlineData(100_000_001, 0, 100_000_001)]
    [InlineData(-60_000_000, 0, -60_000_000)]
    [InlineData(37_000_005_000, 0, 37_000_005_000)]
    [InlineData(37_000_005_000, 37_000_000_000, 0)]
    public void Only_an_offset_that_the_window_cannot_explain_is_allowed_for(long lowestNs, long clockOffsetNs, long expectedNs)
    {
        var options = new AnalysisOptions { Match = new MatchOptions(100_000_000), ClockOffsetNs = clockOffsetNs };
        Assert.Equal(expectedNs, PairOptions.AllowFor(options, new ClockOffset(100, lowestNs, lowestNs, lowestNs)).Match.MergeOffsetNs);
    }

    [Fact]
    public void Nothing_is_allowed_for_when_nothing_is_known() =>
        Assert.Equal(0, PairOptions.AllowFor(new AnalysisOptions { Match = new MatchOptions(1) }, null).Match.MergeOffsetNs);
}

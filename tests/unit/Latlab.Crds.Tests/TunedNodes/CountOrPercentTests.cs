using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Tests.TunedNodes;

public sealed class CountOrPercentTests
{
    [Theory]
    // A tenth of two nodes is one: rounded to none it would be none for ever (k8snetworkplumbingwg/sriov-network-operator#730).
    [InlineData("10%", 2, 1)]
    [InlineData("10%", 0, 1)]
    [InlineData("10%", 19, 1)]
    [InlineData("10%", 20, 2)]
    [InlineData("99%", 100, 99)]
    [InlineData("100%", 7, 7)]
    [InlineData("100%", 0, 1)]
    [InlineData("1%", int.MaxValue, 21474836)]
    [InlineData("1", 0, 1)]
    [InlineData("3", 2, 3)]
    public void A_part_is_rounded_down_and_never_below_one(string text, int total, int expected) => Assert.Equal(expected, new CountOrPercent(text).Of(total));

    [Theory]
    [InlineData("1", true)]
    [InlineData("100%", true)]
    [InlineData("0", false)]
    [InlineData("0%", false)]
    [InlineData("101%", false)]
    [InlineData("-1", false)]
    [InlineData("5 %", false)]
    [InlineData("5%\n", false)]
    public void Only_some_texts_are_one(string text, bool valid) => Assert.Equal(valid, new CountOrPercent(text).IsValid);
}

using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

public sealed class CpuListsTests
{
    [Theory]
    [InlineData("0-3,8", "2-8", "2,3,8")]
    [InlineData("0", "1", "")]
    [InlineData(null, "1", "")]
    [InlineData("", "", "")]
    [InlineData("nonsense,1", "0-1", "1")]
    public void Common_CPUs(string? left, string? right, string common) => Assert.Equal(common, CpuLists.Common(left, right));
}

using Latlab.Cli.Forwarding;

namespace Latlab.Cli.Tests.Forwarding;

public sealed class CpuListTests
{
    [Theory]
    [InlineData("0", new[] { 0 })]
    [InlineData("0-3,8", new[] { 0, 1, 2, 3, 8 })]
    [InlineData("9,1-2", new[] { 1, 2, 9 })]
    public void Lists_of_the_kernel_are_read(string list, int[] cpus) => Assert.Equal(cpus, CpuList.Parse(list));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("1-2-3")]
    [InlineData("-1")]
    public void Anything_else_is_refused(string list) => Assert.Throws<FormatException>(() => CpuList.Parse(list));

    [Fact]
    public void This_process_has_at_least_one_CPU() => Assert.NotEmpty(CpuList.Parse(CpuList.OfThisProcess()!));
}

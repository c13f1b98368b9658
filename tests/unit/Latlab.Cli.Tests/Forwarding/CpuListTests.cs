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

    [Theory]
    [InlineData("0")]
    [InlineData("0-3,8")]
    [InlineData("1,3,5-6")]
    public void Lists_are_written_as_the_kernel_does(string list) => Assert.Equal(list, CpuList.Format(CpuList.Parse(list)));

    [Theory]
    [InlineData("0-3", "0-3", "0-3")]
    [InlineData("0-1", "1-2,7", "0-2,7")]
    [InlineData("3", "0", "0,3")]
    [InlineData(null, "0", "0")]
    [InlineData("0", null, "0")]
    [InlineData(null, null, null)]
    public void A_union_has_every_CPU_of_both(string? one, string? other, string? union) => Assert.Equal(union, CpuList.Union(one, other));

    [Fact]
    public void This_process_has_at_least_one_CPU() => Assert.NotEmpty(CpuList.Parse(CpuList.OfThisProcess()!));
}

namespace Latlab.Crds.Tests;

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
    [InlineData("0-8192")]
    [InlineData("0,")]
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

    [Theory]
    [InlineData("0-3,8", "2-8", "2-3,8")]
    [InlineData("0", "1", "")]
    [InlineData(null, "1", "")]
    [InlineData("", "", "")]
    [InlineData("nonsense,1", "0-1", "")]
    public void Common_CPUs_are_those_of_both(string? one, string? other, string common) => Assert.Equal(common, CpuList.Common(one, other));
}

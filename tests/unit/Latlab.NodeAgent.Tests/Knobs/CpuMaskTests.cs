using CsCheck;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class CpuMaskTests
{
    [Theory]
    [InlineData("f", "0,1,2,3")]
    [InlineData("0000000f", "0,1,2,3")]
    [InlineData("1,00000001", "0,32")]
    public void A_mask_is_read(string mask, string cpus) => Assert.Equal(cpus, string.Join(',', CpuMask.TryParse(mask)!));

    [Theory]
    [InlineData("")]
    [InlineData("0x1")]
    [InlineData("1g")]
    public void What_is_no_mask_is_none(string mask) => Assert.Null(CpuMask.TryParse(mask));

    [Fact]
    public void A_mask_that_was_written_is_read_again() => Gen.Int[0, 300].HashSet[1, 20].Sample(cpus =>
        Assert.Equal(cpus.Order(), CpuMask.TryParse(CpuMask.Format(cpus))!));
}

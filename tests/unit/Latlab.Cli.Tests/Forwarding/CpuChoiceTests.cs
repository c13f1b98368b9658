using Latlab.Cli.Forwarding;
using Latlab.Crds;

namespace Latlab.Cli.Tests.Forwarding;

public sealed class CpuChoiceTests
{
    [Theory]
    [InlineData("0-7", 1, "7", false)]
    [InlineData("0-7", 3, "5-7", false)]
    [InlineData("0,2-3,9", 2, "3,9", false)]
    [InlineData("0-1", 1, "1", false)]
    [InlineData("0-1", 4, "0-1", false)]
    [InlineData("0", 1, "0", true)]
    [InlineData("4,6", 2, "4,6", true)]
    [InlineData("0-255", CpuChoice.Most, "192-255", false)]
    public void As_many_as_asked_for_are_chosen_from_the_end_that_CPU_0_is_not_at(string allowed, int asked, string chosen, bool exclusive)
    {
        var choice = CpuChoice.From(CpuList.Parse(allowed), asked);
        Assert.Equal((chosen, exclusive), (CpuList.Format(choice.Cpus), choice.Exclusive));
    }
}

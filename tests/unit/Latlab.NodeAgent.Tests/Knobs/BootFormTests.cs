using Latlab.Crds.Validation;
using Latlab.NodeAgent.Knobs.Boot;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class BootFormTests
{
    [Theory]
    [InlineData("nohz_full=CPUS", "nohz_full=2-3", true)]
    [InlineData("nohz_full=CPUS", "nohz_full", false)]
    [InlineData("nohz_full=CPUS", "nohz=on", false)]
    [InlineData("isolcpus=[FLAGS,]CPUS", "isolcpus=managed_irq,2-3", true)]
    [InlineData("isolcpus=[FLAGS,]CPUS", "isolcpus", false)]
    [InlineData("nosmt[=force]", "nosmt", true)]
    [InlineData("nosmt[=force]", "nosmt=force", true)]
    [InlineData("nosmt[=force]", "nosmt=other", false)]
    [InlineData("nowatchdog", "nowatchdog=1", false)]
    [InlineData("psi=0|off", "psi=off", true)]
    [InlineData("psi=0|off", "psi=1", false)]
    [InlineData("intel_iommu=on", "intel_iommu=on,sm_on", true)]
    [InlineData("a=x, b=y", "b=y", true)]
    [InlineData("a=x, b=y", "b=x", false)]
    [InlineData("hugepagesz=SIZE hugepages=N", "hugepagesz=1G hugepages=8", true)]
    [InlineData("MODULE.PARAMETER[=VALUE]", "kvm.nx_huge_pages=0", true)]
    [InlineData("MODULE.PARAMETER[=VALUE]", "kvm.nx_huge_pages", true)]
    [InlineData("MODULE.PARAMETER[=VALUE]", "quiet", false)]
    [InlineData("MODULE.PARAMETER[=VALUE]", "hugepagesz=1G hugepages=8", false)]
    public void A_form_says_which_arguments_it_is_about(string form, string argument, bool matches) =>
        Assert.Equal(matches, new BootForm(form).Matches(KernelArgument.TryParse(argument)!));
}

using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>Arguments that only the node shows to be wrong: refused before a reboot is spent on them.</summary>
public sealed class BootObstacleTests
{
    [Theory]
    [InlineData("isolcpus=2-9", "names CPU 8-9, which this node does not have: it has 0-7")]
    [InlineData("irqaffinity=0,64", "names CPU 64")]
    [InlineData("nohz_full=4-7", "leaves no CPU of NUMA node 1")]
    [InlineData("isolcpus=managed_irq,domain,4-7", "leaves no CPU of NUMA node 1")]
    [InlineData("hugepagesz=1G hugepages=8", "a size that this node's processor does not have: there are 2048kB")]
    [InlineData("hugepagesz=2M hugepages=7800", "more than 90 % of this node's 16384 MiB")]
    public void It_is_refused_and_not_written(string argument, string said)
    {
        using var tree = Tree();
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec(argument, "skew_tick=1"));
        var entry = Assert.Single(outcome.Ledger, entry => entry.State == KnobState.Refused);
        Assert.Contains(said, entry.Message, StringComparison.Ordinal);
        Assert.Equal("skew_tick=1", Assert.Single(outcome.Ledger, entry => entry.Knob == "boot").Effective);
    }

    [Theory]
    [InlineData("isolcpus=2-3,5-7")]
    [InlineData("rcu_nocbs=4-7")]
    [InlineData("hugepagesz=2M hugepages=7000")]
    public void What_the_node_has_and_can_spare_is_not(string argument)
    {
        using var tree = Tree();
        Assert.DoesNotContain(tree.Tuner(new GrubHost(tree)).Apply(Spec(argument)).Ledger, entry => entry.State == KnobState.Refused);
    }

    [Fact]
    public void Pools_count_together()
    {
        using var tree = Tree().File("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec("hugepagesz=1G hugepages=8", "hugepagesz=2M hugepages=4000", "skew_tick=1"));
        var refused = outcome.Ledger.Where(entry => entry.State == KnobState.Refused).ToList();
        Assert.Equal(2, refused.Count);
        Assert.All(refused, entry => Assert.Contains("is 16192 MiB with all other pools, more than 90 %", entry.Message, StringComparison.Ordinal));
        Assert.Equal("skew_tick=1", Assert.Single(outcome.Ledger, entry => entry.Knob == "boot").Effective);
    }

    private static FakeTree Tree() => GrubHost.Tree()
        .File("/sys/devices/system/cpu/possible", "0-7")
        .File("/sys/devices/system/node/node0/cpulist", "0-3")
        .File("/sys/devices/system/node/node1/cpulist", "4-7")
        .File("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0")
        .File("/proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB");

    private static NodeTuningSpec Spec(params string[] arguments) => new() { Boot = new(), Kernel = new() { Arguments = arguments } };
}

using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
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
    [InlineData("hugepagesz=2M hugepages=7800", "of this node's 16384 MiB 1638 MiB must be left")]
    [InlineData("hugepagesz=2M hugepages=0:64,2:64", "names NUMA node 2, which this node does not have")]
    [InlineData("hugepagesz=2M hugepages=1:4000", "is 8000 MiB with all other pools, and of NUMA node 1's 8192 MiB 819 MiB must be left")]
    [InlineData("systemd.cpu_affinity=0-1,64", "names CPU 64")]
    [InlineData("nosmt", "switches CPU 4-5 off, a second thread of a core, and cpu.isolated has it: 2-5")]
    public void It_is_refused_and_not_written(string argument, string said)
    {
        using var tree = Tree();
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec(argument, "skew_tick=1") with { Cpu = new() { Isolated = "2-5" } });
        var entry = Assert.Single(outcome.Ledger, entry => entry.State == KnobState.Refused);
        Assert.Contains(said, entry.Message, StringComparison.Ordinal);
        Assert.Equal("skew_tick=1", Assert.Single(outcome.Ledger, entry => entry.Knob == "boot").Effective);
    }

    [Theory]
    [InlineData("isolcpus=2-3,5-7")]
    [InlineData("rcu_nocbs=4-7")]
    [InlineData("hugepagesz=2M hugepages=7000")]
    [InlineData("hugepagesz=2M hugepages=0:3500,1:3500")]
    [InlineData("nosmt")]
    public void What_the_node_has_and_can_spare_is_not(string argument)
    {
        using var tree = Tree();
        Assert.DoesNotContain(tree.Tuner(new GrubHost(tree)).Apply(Spec(argument) with { Cpu = new() { Isolated = "1-3" } }).Ledger, entry => entry.State == KnobState.Refused);
    }

    [Fact]
    public void Pools_count_together()
    {
        using var tree = Tree().File("/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", "0");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec("hugepagesz=1G hugepages=8", "hugepagesz=2M hugepages=4000", "skew_tick=1"));
        var refused = outcome.Ledger.Where(entry => entry.State == KnobState.Refused).ToList();
        Assert.Equal(2, refused.Count);
        Assert.All(refused, entry => Assert.Contains("is 16192 MiB with all other pools, and of", entry.Message, StringComparison.Ordinal));
        Assert.Equal("skew_tick=1", Assert.Single(outcome.Ledger, entry => entry.Knob == "boot").Effective);
    }

    [Fact]
    public void Of_a_small_node_as_much_is_left_as_at_run_time()
    {
        using var tree = Tree().File("/proc/meminfo", "MemTotal:       2097152 kB");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec("hugepagesz=2M hugepages=800"));
        Assert.Contains("of this node's 2048 MiB 512 MiB must be left", outcome.Ledger.First(entry => entry.State == KnobState.Refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pages_by_NUMA_node_need_a_kernel_that_takes_them()
    {
        using var tree = Tree().File("/proc/sys/kernel/osrelease", "5.10.0-32-amd64");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec("hugepagesz=2M hugepages=0:64,1:64"));
        Assert.Contains("Linux 5.16 does", outcome.Ledger.First(entry => entry.State == KnobState.Refused).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("isolcpus=4-5", "nohz_full=6-7", CpuIsolation.BootArguments, 2)]
    [InlineData("isolcpus=4-5", "nohz_full=4-6", CpuIsolation.BootArguments, 0)]
    [InlineData("nohz_full=4-5", "rcu_nocbs=4-5", CpuIsolation.CgroupPartition, 1)]
    [InlineData("nohz_full=4-5", "rcu_nocbs=4-5", CpuIsolation.BootArguments, 0)]
    public void CPUs_that_are_taken_in_several_ways_count_together(string one, string other, CpuIsolation isolation, int refused)
    {
        using var tree = Tree();
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec(one, other) with { Cpu = new() { Isolated = "6-7", Isolation = isolation } });
        var arguments = outcome.Ledger.Where(entry => entry.State == KnobState.Refused && entry.Knob.StartsWith("kernel.", StringComparison.Ordinal)).ToList();
        Assert.Equal(refused, arguments.Count);
        Assert.All(arguments, entry => Assert.Contains("NUMA node 1 to the kernel and everybody else, with what else takes CPUs: 4-7", entry.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("isolcpus=2-3,5", "switches CPU 5 off")]
    [InlineData("isolcpus=1-3", null)]
    [InlineData("nohz_full=4", "switches CPU 4 off")]
    [InlineData("irqaffinity=0,4", null)]
    public void Second_threads_that_somebody_needs_are_not_switched_off(string argument, string? said)
    {
        using var tree = Tree().File("/sys/devices/system/node/node0/cpulist", "0-7").File("/sys/devices/system/node/node1/cpulist", "");
        foreach (var off in new[] { "nosmt", "mitigations=auto,nosmt", "l1tf=full" })
        {
            var refused = tree.Tuner(new GrubHost(tree)).Apply(Spec(argument, off)).Ledger.Where(entry => entry.State == KnobState.Refused).ToList();
            Assert.Equal(said is null ? [] : [off], refused.Select(entry => entry.Requested));
            Assert.All(refused, entry => Assert.Contains(said!, entry.Message, StringComparison.Ordinal));
        }
    }

    private static FakeTree Tree() => GrubHost.Tree()
        .File("/sys/devices/system/cpu/possible", "0-7")
        .File("/sys/devices/system/node/node0/cpulist", "0-3")
        .File("/sys/devices/system/node/node1/cpulist", "4-7")
        .File("/sys/devices/system/cpu/online", "0-7")
        .File("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0")
        .Threads("0,4", "1,5", "2,6", "3,7")
        .Memory(8192, 4096, 1024).Memory(8192, 4096, 1024, node: 1)
        .File("/proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB");

    private static NodeTuningSpec Spec(params string[] arguments) => new() { Boot = new(), Kernel = new() { Arguments = arguments } };
}

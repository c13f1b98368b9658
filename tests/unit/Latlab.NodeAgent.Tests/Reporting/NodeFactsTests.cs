using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Reporting;

public sealed class NodeFactsTests
{
    [Fact]
    public void What_cannot_change_within_a_boot_is_read_once_and_online_cpus_each_time()
    {
        using var tree = FakeTree.Usual();
        var host = new ReadingHost(tree.Host);
        var facts = new NodeFacts(host);
        var first = facts.Read(FakeTree.FirstBoot);
        tree.File("/sys/devices/system/cpu/online", "0-1");
        Assert.Equal(first with { OnlineCpus = "0-1" }, facts.Read(FakeTree.FirstBoot));
        Assert.Single(host.Reads, "/proc/cpuinfo");
        Assert.Single(host.Reads, "/proc/cmdline");
        tree.File("/proc/cmdline", "isolcpus=1");
        Assert.Equal("isolcpus=1", facts.Read(FakeTree.SecondBoot).KernelCommandLine);
    }
}

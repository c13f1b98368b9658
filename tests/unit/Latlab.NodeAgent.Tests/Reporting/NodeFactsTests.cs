using Latlab.NodeAgent.Reporting;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Reporting;

public sealed class NodeFactsTests
{
    [Theory]
    [InlineData("1", "#1 SMP PREEMPT_RT Debian 6.1.0", "PREEMPT_RT")]
    [InlineData(null, "#1 SMP PREEMPT_DYNAMIC Debian 6.1.0", "PREEMPT_DYNAMIC")]
    [InlineData(null, "#1 SMP Debian 6.1.0", "none")]
    [InlineData(null, null, null)]
    public void Whether_the_kernel_is_a_real_time_one_is_said(string? realtime, string? version, string? said)
    {
        using var tree = FakeTree.Usual();
        _ = realtime is null ? tree : tree.File("/sys/kernel/realtime", realtime);
        _ = version is null ? tree : tree.File("/proc/sys/kernel/version", version);
        Assert.Equal(said, new NodeFacts(tree.Host).Read(FakeTree.FirstBoot).KernelPreemption);
    }

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

using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class NodeMemoryTests
{
    [Fact]
    public void This_machines_own_words_are_understood_for_all_of_it_and_for_its_first_node()
    {
        var host = new HostRoot("/");
        var all = NodeMemory.TryRead(host, "/proc/meminfo", out var problem);
        Assert.Null(problem);
        Assert.InRange(all!.Free, 1, all.Total);
        Assert.InRange(all.Files, 1, all.Total);
        const string First = "/sys/devices/system/node/node0/meminfo";
        if (!host.Read(First).IsMissing)
        {
            Assert.InRange(NodeMemory.TryRead(host, First, out _)!.Total, 1, all.Total);
        }
    }

    [Theory]
    [InlineData(16384, 1638)]
    [InlineData(1024, 512)]
    public void A_tenth_stays_in_reserve_and_512_MiB_at_least(long totalMiB, long reserveMiB)
    {
        var memory = new NodeMemory(totalMiB * 1024, totalMiB * 1024, 0);
        Assert.Equal(reserveMiB, memory.Reserve / 1024);
        Assert.Equal(memory.Total - memory.Reserve, memory.Room);
        Assert.Equal(0, (memory with { Free = 1024 }).Room);
    }
}

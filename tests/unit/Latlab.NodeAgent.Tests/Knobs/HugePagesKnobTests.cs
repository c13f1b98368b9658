using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class HugePagesKnobTests
{
    [Fact]
    public void Pages_are_reserved_and_read_back()
    {
        using var tree = FakeTree.Usual();
        var entry = Assert.Single(tree.Tuner().Apply(Specs.HugePages("2Mi", 512)).Ledger);
        Assert.Equal("512", tree.HugePagesText("2048kB"));
        Assert.Equal("memory.hugePages[2Mi,node0]", entry.Knob);
        Assert.Equal("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", entry.Evidence);
        Assert.Equal(KnobState.InEffect, entry.State);
    }

    [Fact]
    public void Fewer_pages_than_asked_for_is_a_failure_that_says_how_many_and_what_to_do()
    {
        using var tree = FakeTree.Usual();
        var host = new ScarceMemoryHost(tree.Host, pages: 100);
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.HugePages("2Mi", 512)).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Equal("100", entry.Effective);
        Assert.Contains("the kernel gave 100", entry.Message, StringComparison.Ordinal);
        Assert.Contains("hugepagesz=2M hugepages=512", entry.Message, StringComparison.Ordinal);
        Assert.Equal(4, host.Compactions);
    }

    [Fact]
    public void Compaction_is_tried_until_there_are_enough_pages()
    {
        using var tree = FakeTree.Usual();
        var host = new ScarceMemoryHost(tree.Host, pages: 100, gainPerCompaction: 20);
        Assert.Equal(KnobState.InEffect, tree.Tuner(host).Apply(Specs.HugePages("2Mi", 140)).Ledger[0].State);
        Assert.Equal(2, host.Compactions);
    }

    [Fact]
    public void A_size_that_the_node_lacks_is_unsupported_and_the_others_are_listed()
    {
        using var tree = FakeTree.Usual().HugePages("1048576kB", "0");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.HugePages("64Ki", 1)).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("1048576kB, 2048kB", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_numa_node_that_is_not_there_is_unsupported_and_the_others_are_listed()
    {
        using var tree = FakeTree.Usual();
        var entry = Assert.Single(tree.Tuner().Apply(Specs.HugePages("2Mi", 1, node: 3)).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("there is node0", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_numa_directories_node_0_is_the_whole_machine()
    {
        using var tree = new FakeTree().File("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.HugePages("2Mi", 8)).Ledger);
        Assert.Equal(KnobState.InEffect, entry.State);
        Assert.Equal("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", entry.Evidence);
        tree.Tuner().Restore();
        Assert.Equal(KnobState.Unsupported, tree.Tuner().Verify(Specs.HugePages("2Mi", 8, node: 1)).Ledger[0].State);
    }

    [Theory]
    [InlineData("3Mi", 0, 1)]
    [InlineData("2Mi", -1, 1)]
    [InlineData("2Mi", 0, -1)]
    [InlineData("../..", 0, 1)]
    public void A_pool_that_cannot_be_is_refused(string size, int node, int count)
    {
        using var tree = FakeTree.Usual();
        Assert.Equal(KnobState.Refused, tree.Tuner().Apply(Specs.HugePages(size, count, node)).Ledger[0].State);
    }

    [Fact]
    public void Each_numa_node_has_its_own_pool()
    {
        using var tree = FakeTree.Usual().File("/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages", "0");
        var spec = new NodeTuningSpec
        {
            Memory = new() { HugePages = [new() { Size = "2Mi", Count = 4 }, new() { Size = "2Mi", NumaNode = 1, Count = 8 }] },
        };
        Assert.True(tree.Tuner().Apply(spec).IsWhole);
        Assert.Equal("4", tree.HugePagesText("2048kB"));
        Assert.Equal("8", tree.Text("/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages"));
    }
}

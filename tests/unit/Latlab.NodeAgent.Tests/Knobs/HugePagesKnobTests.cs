using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;
using Latlab.NodeAgent.Tests.Kubelet;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class HugePagesKnobTests
{
    private const string MemoryState = "/var/lib/kubelet/memory_manager_state";

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
    public void Half_a_pool_is_given_back_and_the_message_says_how_many_there_were_and_what_to_do()
    {
        using var tree = FakeTree.Usual().HugePages("2048kB", "16");
        var host = new ScarceMemoryHost(tree.Host, pages: 100);
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.HugePages("2Mi", 512)).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Equal("16", entry.Effective);
        Assert.Equal("16", tree.HugePagesText("2048kB"));
        Assert.Contains("the kernel gave 100", entry.Message, StringComparison.Ordinal);
        Assert.EndsWith("it is back at 16", entry.Message, StringComparison.Ordinal);
        Assert.Contains("hugepagesz=2M hugepages=512", entry.Message, StringComparison.Ordinal);
        Assert.Equal(4, host.Compactions.Count);
    }

    [Fact]
    public void Memory_of_that_node_alone_is_compacted_until_there_are_enough_pages()
    {
        using var tree = FakeTree.Usual();
        var host = new ScarceMemoryHost(tree.Host, pages: 100, gainPerCompaction: 20);
        Assert.Equal(KnobState.InEffect, tree.Tuner(host).Apply(Specs.HugePages("2Mi", 140)).Ledger[0].State);
        Assert.Equal(Enumerable.Repeat("/sys/devices/system/node/node0/compact", 2), host.Compactions);
    }

    [Theory]
    // Of 16384 MiB a tenth stays; of 2048 MiB, 512 do.
    [InlineData(16384, 8192, 2048, "2Mi", 4300, 4301, 1638)]
    [InlineData(2048, 1024, 512, "2Mi", 512, 513, 512)]
    [InlineData(16384, 8192, 2048, "1Gi", 8, 9, 1638)]
    public void More_than_memory_can_give_is_refused_and_nothing_is_written(
        int totalMiB, int freeMiB, int filesMiB, string size, int most, int tooMany, int reserveMiB)
    {
        using var tree = FakeTree.Usual().Memory(totalMiB, freeMiB, filesMiB).HugePages("1048576kB", "0");
        var host = new RecordingHost(tree.Host);
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.HugePages(size, tooMany)).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Equal("0", entry.Effective);
        Assert.Contains(
            $"of {totalMiB} MiB, {freeMiB} are free, {filesMiB} page cache, and {reserveMiB} stay", entry.Message, StringComparison.Ordinal);
        Assert.Contains($"at most {most} pages", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Done, done => done.StartsWith("write", StringComparison.Ordinal));
        Assert.True(tree.Tuner().Apply(Specs.HugePages(size, most)).IsWhole);
    }

    [Fact]
    public void Pages_that_are_there_already_need_no_more_memory()
    {
        using var tree = FakeTree.Usual().Memory(totalMiB: 16384, freeMiB: 1700, filesMiB: 0).HugePages("2048kB", "7000");
        Assert.True(tree.Tuner().Apply(Specs.HugePages("2Mi", 7001)).IsWhole);
        Assert.True(tree.Tuner().Apply(Specs.HugePages("2Mi", 10)).IsWhole);
    }

    [Fact]
    public void Without_a_word_on_free_memory_no_pages_are_taken()
    {
        using var tree = FakeTree.Usual().File("/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal: 16777216 kB");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.HugePages("2Mi", 1)).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("node0/meminfo", entry.Message, StringComparison.Ordinal);
        Assert.Equal("0", tree.HugePagesText("2048kB"));
    }

    [Fact]
    public void Surplus_pages_are_not_counted()
    {
        using var tree = FakeTree.Usual().HugePages("2048kB", "70")
            .File("/sys/devices/system/node/node0/hugepages/hugepages-2048kB/surplus_hugepages", "6");
        Assert.Equal("64", Assert.Single(tree.Tuner().Verify(Specs.HugePages("2Mi", 64)).Ledger).Effective);
    }

    [Fact]
    public void Pools_of_two_nodes_and_two_sizes_are_restored_each_to_its_own_count()
    {
        using var tree = FakeTree.Usual().HugePages("2048kB", "3").HugePages("1048576kB", "1")
            .HugePages("2048kB", "5", node: 1).HugePages("1048576kB", "0", node: 1).Memory(16384, 8192, 2048, node: 1);
        var before = tree.Snapshot();
        var spec = new NodeTuningSpec
        {
            Memory = new()
            {
                HugePages =
                [
                    new() { Size = "2Mi", Count = 64 }, new() { Size = "1Gi", Count = 2 },
                    new() { Size = "2Mi", NumaNode = 1, Count = 32 }, new() { Size = "1Gi", NumaNode = 1, Count = 4 },
                ],
            },
        };
        Assert.True(tree.Tuner().Apply(spec).IsWhole);
        Assert.Equal(
            ("64", "2", "32", "4"),
            (tree.HugePagesText("2048kB"), tree.HugePagesText("1048576kB"),
            tree.HugePagesText("2048kB", 1), tree.HugePagesText("1048576kB", 1)));
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
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
        using var tree = new FakeTree().File("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0")
            .File("/proc/meminfo", FakeTree.Meminfo("", 4096, 2048, 0));
        var host = new ScarceMemoryHost(tree.Host, pages: 7, gainPerCompaction: 1);
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.HugePages("2Mi", 8)).Ledger);
        Assert.Equal(["/proc/sys/vm/compact_memory"], host.Compactions);
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
        using var tree = FakeTree.Usual().HugePages("2048kB", "0", node: 1).Memory(16384, 8192, 2048, node: 1);
        var spec = new NodeTuningSpec
        {
            Memory = new() { HugePages = [new() { Size = "2Mi", Count = 4 }, new() { Size = "2Mi", NumaNode = 1, Count = 8 }] },
        };
        Assert.True(tree.Tuner().Apply(spec).IsWhole);
        Assert.Equal("4", tree.HugePagesText("2048kB"));
        Assert.Equal("8", tree.HugePagesText("2048kB", 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_kubelets_memory_manager_compares_pages_none_are_made(bool isState)
    {
        using var tree = FakeTree.Usual();
        _ = isState ? tree.File(MemoryState, Memory("Static")) : tree.WithKubelet("memoryManagerPolicy: Static");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.HugePages("2Mi", 512)).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains("reserve the pages at boot, by kernel.arguments", entry.Message, StringComparison.Ordinal);
        Assert.Equal("0", tree.HugePagesText("2048kB"));
        Assert.Empty(tree.Journal().Entries);
        // Those that are there already, e.g. by an argument of the boot, are as wished.
        Assert.True(tree.HugePages("2048kB", "512").Tuner().Apply(Specs.HugePages("2Mi", 512)).IsWhole);
    }

    [Fact]
    public void Where_it_came_to_compare_pages_since_they_were_made_they_stay_until_the_next_boot()
    {
        using var tree = FakeTree.Usual().File(MemoryState, Memory("None"));
        Assert.True(tree.Tuner().Apply(Specs.HugePages("2Mi", 512)).IsWhole);
        tree.File(MemoryState, Memory("Static"));
        Assert.Equal(KnobState.Refused, Assert.Single(tree.Tuner().Apply(Specs.HugePages("2Mi", 256)).Ledger).State);
        var outcome = tree.Tuner().Restore();
        Assert.Contains("would not start again", Assert.Single(outcome.Ledger).Message, StringComparison.Ordinal);
        Assert.Equal("512", tree.HugePagesText("2048kB"));
        Assert.True(tree.Boot(FakeTree.SecondBoot).HugePages("2048kB", "0").Tuner().Restore().IsWhole);
    }

    /// <summary>As kubelet writes it (<c>cm/memorymanager/state</c>).</summary>
    private static string Memory(string policy) => $$"""{"policyName":"{{policy}}","machineState":{},"checksum":1}""";
}

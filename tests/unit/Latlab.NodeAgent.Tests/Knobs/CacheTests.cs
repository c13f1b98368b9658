using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Cache;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class CacheTests
{
    private const string Root = "/sys/fs/resctrl";
    private static readonly NodeTuningSpec EightWays = new() { Cpu = new() { Isolated = "2-3" }, Cache = new() { L3Ways = 8 } };

    [Fact]
    public void The_workload_has_its_ways_and_everybody_else_the_rest()
    {
        using var tree = Tree();
        var entry = Assert.Single(Agent(tree).Apply(EightWays).Ledger);
        Assert.True(entry.State == KnobState.InEffect, $"{entry}");
        Assert.Equal(("2-3 own 1=ff others 1=f00", "2-3 own 0=fff 1=ff others 0=fff 1=f00"), (entry.Requested, entry.Effective));
        Assert.Equal("2-3", tree.Text($"{Root}/latlab/cpus_list"));
        Assert.Contains("L3:0=fff;1=f00", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
        Assert.Contains("MB:0=100;1=100", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
    }

    [Fact]
    public void Restoring_removes_the_group_and_gives_the_ways_back()
    {
        using var tree = Tree();
        Agent(tree).Apply(EightWays);
        Assert.True(Agent(tree).Restore().IsWhole);
        Assert.False(Directory.Exists($"{tree.Root}{Root}/latlab"));
        Assert.Contains("L3:0=fff;1=fff", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
        Assert.Empty(tree.Journal().Entries);
    }

    [Fact]
    public void A_cache_that_serves_isolated_CPUs_no_longer_is_whole_again()
    {
        using var tree = Tree();
        Agent(tree).Apply(EightWays with { Cpu = new() { Isolated = "1-3" } });
        Assert.Contains("L3:0=f00;1=f00", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
        Assert.True(Agent(tree).Apply(EightWays).IsWhole);
        Assert.Contains("L3:0=fff;1=f00", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_whose_journal_is_lost_is_still_ours()
    {
        using var tree = Tree();
        Agent(tree).Apply(EightWays);
        File.Delete(tree.Root + "/var/lib/latlab/journal.json");
        Assert.True(Agent(tree).Apply(EightWays).IsWhole);
        Assert.True(Agent(tree).Restore().IsWhole);
        Assert.False(Directory.Exists($"{tree.Root}{Root}/latlab"));
        Assert.Contains("L3:0=fff;1=fff", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
    }

    [Fact]
    public void Somebody_who_changes_the_masks_is_seen_and_undone()
    {
        using var tree = Tree();
        Agent(tree).Apply(EightWays);
        new ResctrlHost(tree).WriteAttribute($"{Root}/schemata", "L3:1=fff");
        Assert.Equal(KnobState.Drifted, Assert.Single(Agent(tree).Verify(EightWays).Ledger).State);
        Assert.Equal((true, 1), Agent(tree).Apply(EightWays) is var outcome ? (outcome.IsWhole, outcome.Journal.Drifts) : default);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(63)]
    public void Neither_side_may_have_fewer_ways_than_the_kernel_allows(int ways)
    {
        using var tree = Tree();
        var before = tree.Snapshot();
        var entry = Assert.Single(Agent(tree).Apply(EightWays with { Cache = new() { L3Ways = ways } }).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains("the cache has 12 ways, and a group needs at least 2; write 2 to 10", entry.Message, StringComparison.Ordinal);
        Assert.Equal(before, tree.Snapshot());
    }

    [Theory]
    [InlineData("3", "L3:0=fff;1=f00", "has CPUs 3")]
    [InlineData("", "L3:0=fff;1=080", "has ways 80 of cache 1")]
    public void A_group_of_somebody_else_that_would_disturb_is_named(string cpus, string schemata, string reason)
    {
        using var tree = Tree().File($"{Root}/pqos1/schemata", schemata).File($"{Root}/pqos1/cpus_list", cpus);
        var entry = Assert.Single(Agent(tree).Apply(EightWays).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains("/sys/fs/resctrl/pqos1, which latlab did not make, " + reason, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_of_somebody_else_that_comes_later_is_drift_and_ours_stays()
    {
        using var tree = Tree();
        Agent(tree).Apply(EightWays);
        tree.File($"{Root}/pqos1/schemata", "L3:0=fff;1=fff").File($"{Root}/pqos1/cpus_list", "");
        var outcome = Agent(tree).Apply(EightWays);
        var entry = Assert.Single(outcome.Ledger);
        Assert.Equal((KnobState.Refused, 1), (entry.State, outcome.Journal.Drifts));
        Assert.Contains("pqos1, which latlab did not make, has ways fff of cache 1", entry.Message, StringComparison.Ordinal);
        Assert.Equal("2-3", tree.Text($"{Root}/latlab/cpus_list"));
        Assert.Contains("L3:0=fff;1=f00", tree.Text($"{Root}/schemata"), StringComparison.Ordinal);
        Assert.Equal(1, Agent(tree).Apply(EightWays).Journal.Drifts);
        Directory.Delete($"{tree.Root}{Root}/pqos1", recursive: true);
        Assert.True(Agent(tree).Apply(EightWays).IsWhole);
        // At the end it keeps nothing of ours from going.
        tree.File($"{Root}/pqos1/schemata", "L3:0=fff;1=fff").File($"{Root}/pqos1/cpus_list", "3");
        Assert.True(Agent(tree).Restore().IsWhole);
        Assert.False(Directory.Exists($"{tree.Root}{Root}/latlab"));
    }

    [Fact]
    public void Where_every_cache_is_divided_the_kernel_keeps_the_ways_for_the_group_and_others_can_still_be_asked_for()
    {
        using var tree = Tree();
        var both = EightWays with { Cpu = new() { Isolated = "1-3" } };
        Assert.Null(Assert.Single(Agent(tree).Apply(both).Ledger).Message);
        Assert.Equal("exclusive", tree.Text($"{Root}/latlab/mode"));
        Assert.True(Agent(tree).Apply(both with { Cache = new() { L3Ways = 4 } }).IsWhole);
        Assert.True(Agent(tree).Apply(both with { Cache = new() { L3Ways = 9 } }).IsWhole);
        Assert.Equal("exclusive", tree.Text($"{Root}/latlab/mode"));
        Assert.True(Agent(tree).Restore().IsWhole);
        Assert.Contains("mode is shareable", Assert.Single(Agent(tree).Apply(EightWays).Ledger).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_of_somebody_else_that_does_not_disturb_is_let_be()
    {
        using var tree = Tree().File($"{Root}/pqos1/schemata", "L3:0=fff;1=c00").File($"{Root}/pqos1/cpus_list", "1");
        Assert.True(Agent(tree).Apply(EightWays).IsWhole);
    }

    [Fact]
    public void Ways_that_devices_write_to_are_said()
    {
        using var tree = Tree().File($"{Root}/info/L3/shareable_bits", "003");
        Assert.Contains("devices write to ways 3 as well", Assert.Single(Agent(tree).Apply(EightWays).Ledger).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kernels_own_reason_is_said()
    {
        using var tree = Tree().File($"{Root}/info/last_cmd_status", "No free CLOSIDs");
        var host = new NoGroupsHost(tree.Host);
        var entry = Assert.Single(tree.Tuner(host).Apply(EightWays).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("/sys/fs/resctrl/latlab: No space left on device (No free CLOSIDs)", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodev\tsysfs\nnodev\tresctrl", "is not mounted: mount -t resctrl")]
    [InlineData("nodev\tsysfs", "does not divide caches")]
    public void A_node_that_cannot_says_why(string fileSystems, string reason)
    {
        using var tree = FakeTree.WithCpus().File("/proc/filesystems", fileSystems);
        var entry = Assert.Single(Agent(tree).Apply(EightWays).Ledger);
        Assert.Equal((KnobState.Unsupported, "8"), (entry.State, entry.Requested));
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_and_data_apart_cannot_be_divided_by_it()
    {
        using var tree = FakeTree.WithCpus().File($"{Root}/schemata", "L3CODE:0=fff\nL3DATA:0=fff").File($"{Root}/info/L3CODE/cbm_mask", "fff");
        Assert.Contains("mounted with cdp", Assert.Single(Agent(tree).Apply(EightWays).Ledger).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none own - others 0-1=fff")]
    [InlineData("2-5 own 0=ff others 0=f00 1=fff")]
    [InlineData("2-5 own 0=ff others 0=f00 1=fff but pqos1")]
    public void A_state_is_read_as_it_was_written(string text) => Assert.Equal(text, $"{CacheState.Parse(text)}");

    [Fact]
    public void It_survives_a_kill_at_any_step() => Deaths.AtEachStep(Tree, tree => new ResctrlHost(tree), EightWays);

    /// <summary>Two caches of twelve ways, CPUs 0-1 and 2-3.</summary>
    private static FakeTree Tree()
    {
        var tree = FakeTree.WithCpus()
            .File($"{Root}/schemata", "    MB:0=100;1=100\n    L3:0=fff;1=fff")
            .File($"{Root}/cpus_list", "0-3")
            .File($"{Root}/info/L3/cbm_mask", "fff")
            .File($"{Root}/info/L3/min_cbm_bits", "2")
            .File($"{Root}/info/L3/shareable_bits", "c00")
            .File($"{Root}/info/last_cmd_status", "ok");
        for (var cpu = 0; cpu < 4; cpu++)
        {
            tree.File($"/sys/devices/system/cpu/cpu{cpu}/cache/index0/level", "1").File($"/sys/devices/system/cpu/cpu{cpu}/cache/index0/id", $"{cpu}")
                .File($"/sys/devices/system/cpu/cpu{cpu}/cache/index3/level", "3").File($"/sys/devices/system/cpu/cpu{cpu}/cache/index3/id", $"{cpu / 2}");
        }

        return tree;
    }

    private static Tuner Agent(FakeTree tree) => tree.Tuner(new ResctrlHost(tree));

    private sealed class NoGroupsHost(IHost inner) : WrappedHost(inner)
    {
        public override string? MakeGroup(string directory) => "No space left on device";
    }
}

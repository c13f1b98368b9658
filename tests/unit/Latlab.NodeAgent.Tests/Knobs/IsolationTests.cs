using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class IsolationTests
{
    private const string Exclusive = $"{PodTree.Pods}/cpuset.cpus.exclusive";
    private static readonly NodeTuningSpec Isolating = new() { Cpu = new() { Isolated = "2-3", Isolation = CpuIsolation.CgroupPartition } };
    private static readonly string OfA = $"{PodTree.Group('a')}/cpuset.cpus.partition";
    private static readonly string OfB = $"{PodTree.Group('b')}/cpuset.cpus.partition";

    [Fact]
    public void Boot_arguments_are_the_default_and_nothing_is_done_at_run_time()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3");
        Assert.Empty(tree.Tuner().Apply(new() { Cpu = new() { Isolated = "2-3" } }).Ledger);
    }

    [Fact]
    public void A_container_with_isolated_CPUs_of_its_own_becomes_a_partition_and_others_do_not()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3").Pod('b', "0-1");
        var outcome = Agent(tree).Apply(Isolating);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.Equal(
            [
                ("cpu.isolation[containers]", "2-3", "isolated: 2-3@aaaaaaaaaaaa; member: 0-1@bbbbbbbbbbbb"),
                ("cpu.isolation[pods]", "2-3", "2-3"),
            ],
            outcome.Ledger.Select(entry => (entry.Knob, entry.Requested, entry.Effective!)));
        Assert.Equal(("isolated", "member"), (tree.Text(OfA), tree.Text(OfB)));
        Assert.Equal("member", tree.Text($"{PodTree.Pods}/cpuset.cpus.partition"));
    }

    [Fact]
    public void Restoring_puts_back_every_group_on_the_way()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3");
        var before = tree.Snapshot();
        Agent(tree).Apply(Isolating);
        Assert.NotEqual(before, tree.Snapshot());
        Assert.True(Agent(tree).Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
        Assert.Empty(tree.Journal().Entries);
    }

    [Fact]
    public void Pods_that_come_and_go_are_no_drift_and_leave_nothing_in_the_journal()
    {
        using var tree = FakeTree.WithCpus().WithPods();
        var agent = Agent(tree);
        var none = agent.Apply(Isolating);
        Assert.True(none.IsWhole);
        Assert.Contains("no container has CPUs of its own now", none.Ledger[0].Message, StringComparison.Ordinal);
        foreach (var id in "abc")
        {
            tree.Pod(id, "2-3");
            var outcome = agent.Apply(Isolating);
            Assert.Equal((true, 0), (outcome.IsWhole, outcome.Journal.Drifts));
            Assert.Equal("isolated", tree.Text($"{PodTree.Group(id)}/cpuset.cpus.partition"));
            Directory.Delete(tree.Root + PodTree.Slice(id), recursive: true);
        }

        Assert.Equal("member: 2-3@cccccccccccc", tree.Journal().Find("cpu.isolation[containers]")!.Prior);
        Assert.True(agent.Restore().IsWhole);
        Assert.Equal("", tree.Text(Exclusive));
    }

    [Fact]
    public void A_partition_that_something_else_ended_is_drift_and_is_made_again()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3");
        Agent(tree).Apply(Isolating);
        tree.File(OfA, "isolated invalid (Cpu list in cpuset.cpus not exclusive)");
        var verified = Agent(tree).Verify(Isolating).Ledger[0];
        Assert.Equal(KnobState.Drifted, verified.State);
        Assert.Contains("Cpu list in cpuset.cpus not exclusive", verified.Message, StringComparison.Ordinal);
        Assert.Equal((true, 1), Agent(tree).Apply(Isolating) is var outcome ? (outcome.IsWhole, outcome.Journal.Drifts) : default);
        Assert.Equal("isolated", tree.Text(OfA));
    }

    [Fact]
    public void Without_the_right_the_kernels_reason_is_said_and_the_container_is_as_it_was()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3");
        var entry = tree.Tuner(new CpusetHost(tree.Host, permitted: false)).Apply(Isolating).Ledger[0];
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("Enable partition not permitted", entry.Message, StringComparison.Ordinal);
        Assert.Contains("SYS_ADMIN", entry.Message, StringComparison.Ordinal);
        Assert.Equal(("member", ""), (tree.Text(OfA), tree.Text($"{PodTree.Group('a')}/cpuset.cpus.exclusive")));
    }

    [Fact]
    public void A_sibling_that_claims_the_CPUs_is_named()
    {
        using var tree = FakeTree.WithCpus().WithPods().Group("/sys/fs/cgroup/system.slice", "0-3").Pod('a', "2-3");
        var outcome = Agent(tree).Apply(Isolating);
        var entry = outcome.Ledger.Single(entry => entry.Knob == "cpu.isolation[pods]");
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("/sys/fs/cgroup/system.slice/cpuset.cpus has 0-3; take CPUs 2-3 out of it", entry.Message, StringComparison.Ordinal);
        Assert.Equal("member", tree.Text(OfA));
    }

    [Fact]
    public void Containers_of_one_pod_that_share_CPUs_are_named_and_not_isolated()
    {
        var other = $"{PodTree.Slice('a')}/cri-containerd-{new string('d', 64)}.scope";
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3").Group(other, "3");
        var entry = Agent(tree).Apply(Isolating).Ledger[0];
        Assert.Equal((KnobState.InEffect, "member: 2-3@aaaaaaaaaaaa 3@dddddddddddd"), (entry.State, entry.Effective));
        Assert.StartsWith("2-3@aaaaaaaaaaaa, 3@dddddddddddd share their CPUs with other containers", entry.Message, StringComparison.Ordinal);
        Assert.Equal("member", tree.Text(OfA));
    }

    [Fact]
    public void What_all_share_is_never_made_a_partition_though_it_is_of_isolated_CPUs()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3").Burstable('b', "2-3");
        var entry = Agent(tree).Apply(Isolating).Ledger[0];
        Assert.Equal((KnobState.InEffect, "member"), (entry.State, tree.Text(OfA)));
        Assert.StartsWith("2-3@aaaaaaaaaaaa share their CPUs", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partition_ends_when_another_container_gets_its_CPUs()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3");
        Agent(tree).Apply(Isolating);
        Assert.Equal("isolated", tree.Text(OfA));
        tree.Burstable('b', "0-3");
        var outcome = Agent(tree).Apply(Isolating);
        Assert.Equal((true, 0, "member"), (outcome.IsWhole, outcome.Journal.Drifts, tree.Text(OfA)));
        Agent(tree).Restore();
        Assert.Equal(("member", ""), (tree.Text(OfA), tree.Text(Exclusive)));
    }

    [Theory]
    [InlineData("200000 100000", "isolated")]
    [InlineData("max 100000", "isolated")]
    [InlineData("150000 100000", "member")]
    public void A_container_with_a_part_of_what_all_share_is_told_by_its_quota(string quota, string state)
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3").File($"{PodTree.Group('a')}/cpu.max", quota);
        Agent(tree).Apply(Isolating);
        Assert.Equal(state, tree.Text(OfA));
    }

    [Fact]
    public void CPUs_that_leave_the_isolated_ones_are_given_back()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2").Pod('b', "3");
        Agent(tree).Apply(Isolating);
        Assert.True(Agent(tree).Apply(new() { Cpu = Isolating.Cpu! with { Isolated = "3" } }).IsWhole);
        Assert.Equal(("member", "isolated", "3"), (tree.Text(OfA), tree.Text(OfB), tree.Text(Exclusive)));
    }

    [Fact]
    public void What_others_reserved_for_pods_stays()
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3").File(Exclusive, "1");
        Assert.True(Agent(tree).Apply(Isolating).IsWhole);
        Assert.Equal("1-3", tree.Text(Exclusive));
        Agent(tree).Restore();
        Assert.Equal("1", tree.Text(Exclusive));
    }

    [Theory]
    [InlineData("cgroup.controllers", "systemd.unified_cgroup_hierarchy=1")]
    [InlineData("kubepods.slice", "kubelet has no pods here")]
    [InlineData("kubepods.slice/cpuset.cpus", "cgroup.subtree_control lacks cpuset")]
    [InlineData("kubepods.slice/cpuset.cpus.exclusive", "Linux 6.7")]
    public void A_node_that_cannot_says_why_and_what_to_do(string without, string reason)
    {
        using var tree = FakeTree.WithCpus().WithPods().Pod('a', "2-3");
        var path = $"{tree.Root}/sys/fs/cgroup/{without}";
        Action remove = Directory.Exists(path) ? () => Directory.Delete(path, recursive: true) : () => File.Delete(path);
        remove();
        var before = tree.Snapshot();
        var outcome = Agent(tree).Apply(Isolating);
        Assert.All(outcome.Ledger, entry => Assert.Equal(KnobState.Unsupported, entry.State));
        Assert.All(outcome.Ledger, entry => Assert.Contains(reason, entry.Message, StringComparison.Ordinal));
        Assert.All(outcome.Ledger, entry => Assert.Contains("BootArguments", entry.Message, StringComparison.Ordinal));
        Assert.Equal(before, tree.Snapshot());
    }

    [Theory]
    [InlineData(null, "cpu.isolated is missing")]
    [InlineData("0-3", "has CPU 0")]
    [InlineData("2-9", "no CPU 4-9")]
    [InlineData("2-3", "leaves no CPU of NUMA node 1")]
    public void CPUs_that_cannot_be_isolated_are_refused(string? isolated, string reason)
    {
        using var tree = FakeTree.WithCpus().WithPods().File("/sys/devices/system/node/node0/cpulist", "0-1").File("/sys/devices/system/node/node1/cpulist", "2-3");
        var entry = Assert.Single(Agent(tree).Apply(new() { Cpu = Isolating.Cpu! with { Isolated = isolated } }).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_survives_a_kill_at_any_step() => Deaths.AtEachStep(
        () => FakeTree.WithCpus().WithPods().Pod('a', "2").Pod('b', "3"), tree => new CpusetHost(tree.Host), Isolating);

    private static Tuner Agent(FakeTree tree) => tree.Tuner(new CpusetHost(tree.Host));
}

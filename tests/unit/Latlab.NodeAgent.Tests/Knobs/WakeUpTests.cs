using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class WakeUpTests
{
    private static readonly NodeTuningSpec Ten = new() { Cpu = new() { MaxDmaLatency = "10us" } };

    [Fact]
    public void The_agent_holds_it_and_lets_go()
    {
        using var tree = FakeTree.WithCpus();
        var machine = new DmaMachine();
        var host = new DmaHost(tree.Host, machine);
        var entry = Assert.Single(tree.Tuner(host).Apply(Ten).Ledger);
        Assert.Equal((KnobState.InEffect, "10us", "10us", "/dev/cpu_dma_latency"), (entry.State, entry.Requested, entry.Effective, entry.Evidence));
        Assert.Empty(tree.Tuner(host).Plan(Ten, out _));
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(DmaHost.Default, machine.Strictest);
        Assert.Empty(tree.Journal().Entries);
    }

    [Fact]
    public void Another_length_is_held_anew()
    {
        using var tree = FakeTree.WithCpus();
        var host = new DmaHost(tree.Host, new());
        tree.Tuner(host).Apply(Ten);
        Assert.Equal("5us", Assert.Single(tree.Tuner(host).Apply(new() { Cpu = new() { MaxDmaLatency = "5us" } }).Ledger).Effective);
        Assert.Equal("20us", Assert.Single(tree.Tuner(host).Apply(new() { Cpu = new() { MaxDmaLatency = "20us" } }).Ledger).Effective);
    }

    [Fact]
    public void A_call_that_ends_at_once_says_that_it_cannot_hold_it()
    {
        using var tree = FakeTree.WithCpus();
        var entry = Assert.Single(tree.Tuner(new DmaHost(tree.Host, new(), lasts: false)).Apply(Ten).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("only while it is held open", entry.Message, StringComparison.Ordinal);
        Assert.Contains("latlab-agent run", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_beside_the_agent_reads_what_that_holds()
    {
        using var tree = FakeTree.WithCpus();
        var machine = new DmaMachine();
        tree.Tuner(new DmaHost(tree.Host, machine)).Apply(Ten);
        var entry = Assert.Single(tree.Tuner(new DmaHost(tree.Host, machine, lasts: false)).Verify(Ten).Ledger);
        Assert.Equal((KnobState.InEffect, "10us, not held by this agent"), (entry.State, entry.Effective));
    }

    [Theory]
    [InlineData(DriftPolicy.Repair)]
    [InlineData(DriftPolicy.Report)]
    public void An_agent_started_anew_holds_it_again_whatever_the_policy_and_counts_that_nobody_did(DriftPolicy drift)
    {
        using var tree = FakeTree.WithCpus();
        var machine = new DmaMachine();
        var spec = Ten with { Drift = drift };
        tree.Tuner(new DmaHost(tree.Host, machine)).Apply(spec);
        machine.Requests.Clear();
        var host = new DmaHost(tree.Host, machine);
        var outcome = tree.Tuner(host).Apply(spec);
        Assert.Equal((true, 1, 10), (outcome.IsWhole, outcome.Journal.Drifts, machine.Strictest));
        Assert.Equal(1, tree.Tuner(host).Apply(spec).Journal.Drifts);
    }

    [Fact]
    public void Somebody_elses_stricter_wish_is_as_good_while_it_lasts()
    {
        using var tree = FakeTree.WithCpus();
        var machine = new DmaMachine();
        machine.Requests[new()] = 2;
        var host = new DmaHost(tree.Host, machine);
        Assert.Equal("2us, not held by this agent", Assert.Single(tree.Tuner(host).Apply(Ten).Ledger).Effective);
        machine.Requests.Clear();
        var outcome = tree.Tuner(host).Apply(Ten);
        Assert.Equal((true, 0, 10), (outcome.IsWhole, outcome.Journal.Drifts, machine.Strictest));
        machine.Requests[new()] = 2;
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(2, Assert.Single(machine.Requests).Value);
    }

    [Fact]
    public void Somebody_elses_stricter_wish_beside_the_agents_is_said_and_is_no_failure()
    {
        using var tree = FakeTree.WithCpus();
        var machine = new DmaMachine();
        var host = new DmaHost(tree.Host, machine);
        tree.Tuner(host).Apply(Ten);
        machine.Requests[new()] = 2;
        var entry = Assert.Single(tree.Tuner(host).Apply(Ten).Ledger);
        Assert.Equal((KnobState.InEffect, "10us, and 2us by another", 0), (entry.State, entry.Effective, entry.Drifts));
        Assert.Empty(tree.Tuner(host).Plan(Ten, out _));
    }

    /// <summary>The device says what was asked for; the states' own counters say what the kernel did.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_state_that_it_forbids_and_that_is_entered_all_the_same_is_said(bool ofIsolatedCpus)
    {
        using var tree = FakeTree.WithCpus();
        for (var cpu = 0; cpu < 4; cpu++)
        {
            State(cpu, 0, "POLL", 0, 5);
            State(cpu, 1, "C1", 2, 5);
            State(cpu, 2, "C6", 133, 5);
        }

        var spec = ofIsolatedCpus ? new NodeTuningSpec { Cpu = new() { Isolated = "2-3", MaxResumeLatency = "10us" } } : Ten;
        var agent = tree.Tuner(new DmaHost(tree.Host, new()));
        State(3, 2, "C6", 133, 6);
        Assert.Null(Assert.Single(agent.Apply(spec).Ledger).Message);
        State(2, 1, "C1", 2, 99);
        Assert.Null(Assert.Single(agent.Apply(spec).Ledger).Message);
        State(3, 2, "C6", 133, 7);
        var entry = Assert.Single(agent.Apply(spec).Ledger);
        Assert.Equal(KnobState.InEffect, entry.State);
        Assert.StartsWith("since the last look the kernel entered idle states that this forbids: C6 (133us) on CPUs 3;", entry.Message, StringComparison.Ordinal);
        Assert.Null(Assert.Single(agent.Apply(spec).Ledger).Message);

        void State(int cpu, int number, string name, int latency, int usage) => tree
            .File($"/sys/devices/system/cpu/cpu{cpu}/cpuidle/state{number}/name", name)
            .File($"/sys/devices/system/cpu/cpu{cpu}/cpuidle/state{number}/latency", $"{latency}")
            .File($"/sys/devices/system/cpu/cpu{cpu}/cpuidle/state{number}/usage", $"{usage}");
    }

    [Fact]
    public void Without_the_device_or_the_right_the_remedy_is_said()
    {
        using var tree = FakeTree.WithCpus();
        var entry = Assert.Single(tree.Tuner().Apply(Ten).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("privileged pod", entry.Message, StringComparison.Ordinal);
        entry = Assert.Single(tree.Tuner(new DmaHost(tree.Host, new()) { Problem = "Operation not permitted" }).Apply(Ten).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("privileged pod", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_survives_a_kill_at_any_step() => Deaths.AtEachStep(FakeTree.WithCpus, tree => new DmaHost(tree.Host, new()), Ten);
}

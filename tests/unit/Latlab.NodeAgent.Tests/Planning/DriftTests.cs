using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Planning;

public sealed class DriftTests
{
    private const string Name = "vm.stat_interval";
    private static readonly NodeTuningSpec Repair = Specs.Sysctl(Name, "10");
    private static readonly NodeTuningSpec Report = Specs.Sysctl(Name, "10", DriftPolicy.Report);

    [Fact]
    public void A_changed_value_is_set_again_and_counted_also_by_an_agent_started_since()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Repair);
        for (var drifts = 1; drifts <= 3; drifts++)
        {
            tree.Sysctl(Name, "99");
            var outcome = tree.Tuner().Apply(Repair);
            Assert.Equal("10", tree.SysctlText(Name));
            Assert.Equal(KnobState.InEffect, outcome.Ledger[0].State);
            Assert.Equal(drifts, outcome.Ledger[0].Drifts);
            Assert.Equal(drifts, outcome.Journal.Drifts);
        }

        tree.Tuner().Restore();
        Assert.Equal("1", tree.SysctlText(Name));
    }

    [Fact]
    public void A_changed_value_is_left_and_reported_once_per_change_when_that_is_wished()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Report);
        tree.Sysctl(Name, "99");
        Assert.Equal(1, Verdict(tree, KnobState.Drifted));
        Assert.Equal(1, Verdict(tree, KnobState.Drifted));
        Assert.Equal("99", tree.SysctlText(Name));
        tree.Sysctl(Name, "98");
        Assert.Equal(2, Verdict(tree, KnobState.Drifted));
        tree.Sysctl(Name, "10");
        Assert.Equal(2, Verdict(tree, KnobState.InEffect));
        tree.Sysctl(Name, "98");
        Assert.Equal(3, Verdict(tree, KnobState.Drifted));
    }

    [Fact]
    public void A_change_while_no_agent_ran_is_seen_by_verify_without_a_write()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Repair);
        tree.Sysctl(Name, "99");
        var entry = Assert.Single(tree.Tuner().Verify(Repair).Ledger);
        Assert.Equal(KnobState.Drifted, entry.State);
        Assert.Contains("something else made it 99", entry.Message, StringComparison.Ordinal);
        Assert.Equal(0, tree.Journal().Drifts);
    }

    [Fact]
    public void A_drift_that_cannot_be_repaired_is_a_failure_counted_once()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Repair);
        tree.Sysctl(Name, "99");
        var host = new RefusingHost(tree.Host, "Operation not permitted", _ => true);
        tree.Tuner(host).Apply(Repair);
        var entry = Assert.Single(tree.Tuner(host).Apply(Repair).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Equal(1, entry.Drifts);
    }

    [Fact]
    public void What_is_set_back_again_and_again_is_left_for_a_while_and_said_so()
    {
        using var tree = FakeTree.Usual();
        var clock = new FakeTimeProvider();
        var tuner = tree.Tuner(clock: clock);
        tuner.Apply(Repair);
        for (var repairs = 1; repairs <= 3; repairs++)
        {
            Fight();
            Assert.Equal("10", tree.SysctlText(Name));
        }

        var entry = Fight();
        Assert.Equal("99", tree.SysctlText(Name));
        Assert.Equal((KnobState.Drifted, 4), (entry.State, entry.Drifts));
        Assert.Contains("something keeps setting it back to 99; find it", entry.Message, StringComparison.Ordinal);
        Assert.Equal(entry, Fight());
        clock.Advance(TimeSpan.FromMinutes(10));
        Fight();
        Assert.Equal("10", tree.SysctlText(Name));

        LedgerEntry Fight()
        {
            clock.Advance(TimeSpan.FromSeconds(15));
            tree.Sysctl(Name, "99");
            return Assert.Single(tuner.Apply(Repair).Ledger);
        }
    }

    [Fact]
    public void Changes_that_are_far_apart_are_repaired_each_time()
    {
        using var tree = FakeTree.Usual();
        var clock = new FakeTimeProvider();
        var tuner = tree.Tuner(clock: clock);
        tuner.Apply(Repair);
        for (var repairs = 1; repairs <= 6; repairs++)
        {
            clock.Advance(TimeSpan.FromMinutes(3));
            tree.Sysctl(Name, "99");
            Assert.Equal(KnobState.InEffect, Assert.Single(tuner.Apply(Repair).Ledger).State);
        }
    }

    [Fact]
    public void A_new_wish_is_no_drift()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Repair);
        Assert.Equal(0, tree.Tuner().Apply(Specs.Sysctl(Name, "11")).Journal.Drifts);
    }

    private static int? Verdict(FakeTree tree, KnobState state)
    {
        var entry = Assert.Single(tree.Tuner().Apply(Report).Ledger);
        Assert.Equal(state, entry.State);
        return entry.Drifts;
    }
}

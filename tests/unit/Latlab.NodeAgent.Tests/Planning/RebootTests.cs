using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Planning;

/// <summary>After a reboot the kernel has its own values again; the journal's entries are about a boot that is over.</summary>
public sealed class RebootTests
{
    private const string Name = "vm.stat_interval";
    private static readonly NodeTuningSpec Spec = Specs.Sysctl(Name, "10");

    [Fact]
    public void The_tuning_is_applied_again_without_counting_drift_and_the_new_boots_value_is_the_prior_one()
    {
        using var tree = Rebooted(value: "2");
        var outcome = tree.Tuner().Apply(Spec);
        Assert.True(outcome.IsWhole);
        Assert.Equal(0, outcome.Journal.Drifts);
        Assert.True(outcome.Ledger[0].PresentInThisBoot);
        Assert.Equal("2", tree.Journal().Entries[0].Prior);
        tree.Tuner().Restore();
        Assert.Equal("2", tree.SysctlText(Name));
    }

    [Fact]
    public void A_value_never_written_in_this_boot_is_not_restored()
    {
        using var tree = Rebooted(value: "2");
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal("2", tree.SysctlText(Name));
        Assert.Empty(tree.Journal().Entries);
    }

    [Fact]
    public void Before_it_is_applied_again_the_ledger_says_that_it_was_configured_in_another_boot()
    {
        using var tree = Rebooted(value: "1");
        var entry = Assert.Single(tree.Tuner().Verify(Spec).Ledger);
        Assert.Equal("10", entry.Configured);
        Assert.False(entry.PresentInThisBoot);
        Assert.Equal(KnobState.Failed, entry.State);
    }

    [Fact]
    public void A_value_that_the_new_boot_brings_itself_is_taken_as_prior()
    {
        using var tree = Rebooted(value: "10");
        Assert.True(tree.Tuner().Apply(Spec).IsWhole);
        Assert.Null(tree.Journal().Entries[0].Written);
        tree.Tuner().Restore();
        Assert.Equal("10", tree.SysctlText(Name));
    }

    [Fact]
    public void Drifts_are_remembered_over_the_reboot()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Spec);
        tree.Sysctl(Name, "99");
        tree.Tuner().Apply(Spec);
        tree.Boot(FakeTree.SecondBoot).Sysctl(Name, "1");
        Assert.Equal(1, tree.Tuner().Apply(Spec).Ledger[0].Drifts);
    }

    private static FakeTree Rebooted(string value)
    {
        var tree = FakeTree.Usual();
        tree.Tuner().Apply(Spec);
        return tree.Boot(FakeTree.SecondBoot).Sysctl(Name, value);
    }
}

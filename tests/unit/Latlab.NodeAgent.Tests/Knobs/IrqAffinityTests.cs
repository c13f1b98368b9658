using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class IrqAffinityTests
{
    private static readonly NodeTuningSpec Spec = new() { Cpu = new() { IrqAffinity = "0-1" } };

    [Theory]
    [InlineData("Input/output error", false)]
    [InlineData("Operation not permitted", true)]
    [InlineData("Permission denied", true)]
    public void Interrupts_that_the_kernel_manages_are_listed_and_not_tried_again(string word, bool isReadOnly)
    {
        using var tree = FakeTree.WithCpus();
        if (isReadOnly)
        {
            File.SetUnixFileMode(tree.Root + "/proc/irq/24/smp_affinity_list", UnixFileMode.UserRead);
        }

        var host = new RefusingHost(tree.Host, word, path => path.StartsWith("/proc/irq/24/", StringComparison.Ordinal));
        var each = Each(tree.Tuner(host).Apply(Spec));
        Assert.Equal((KnobState.InEffect, "0,9=0-1 24=2"), (each.State, each.Effective));
        Assert.Contains("IRQs 24;", each.Message, StringComparison.Ordinal);
        // Another agent, as after an update of it.
        each = Each(tree.Tuner(host).Apply(Spec));
        Assert.Equal(1, host.Attempts);
        Assert.Contains("IRQs 24;", each.Message, StringComparison.Ordinal);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal("0-3", tree.Text("/proc/irq/9/smp_affinity_list"));
    }

    [Fact]
    public void A_number_that_the_kernel_gave_to_another_interrupt_is_tried_again()
    {
        using var tree = FakeTree.WithCpus().File("/proc/irq/24/nvme0q1/x", "");
        var managed = new RefusingHost(tree.Host, "Input/output error", path => path.StartsWith("/proc/irq/24/", StringComparison.Ordinal));
        Each(tree.Tuner(managed).Apply(Spec));
        Assert.Equal("24=nvme0q1", tree.Journal().Find("cpu.irqAffinity[each]")!.Immovable);
        Each(tree.Tuner(managed).Apply(Spec));
        Assert.Equal(1, managed.Attempts);
        Directory.Delete(tree.Root + "/proc/irq/24/nvme0q1", recursive: true);
        tree.File("/proc/irq/24/eth 0/x", "");
        var outcome = tree.Tuner().Apply(Spec);
        Assert.Equal((KnobState.InEffect, "0,9,24=0-1", null, 0), (Each(outcome).State, Each(outcome).Effective, Each(outcome).Message, outcome.Journal.Drifts));
    }

    [Theory]
    [InlineData("Operation not permitted")]
    [InlineData("Permission denied")]
    public void A_right_that_the_agent_lacks_is_a_failure_and_no_excuse(string word)
    {
        using var tree = FakeTree.WithCpus();
        var host = new RefusingHost(tree.Host, word, path => path.StartsWith("/proc/irq/", StringComparison.Ordinal));
        Assert.Equal(KnobState.Failed, Each(tree.Tuner(host).Apply(Spec)).State);
    }

    [Fact]
    public void A_running_irqbalance_is_said_as_it_moves_them_again()
    {
        using var tree = FakeTree.WithCpus().File("/proc/77/comm", "irqbalance");
        var entry = tree.Tuner().Apply(new() { Cpu = new() { IrqAffinity = "0-1" } }).Ledger.Single(entry => entry.Knob == "cpu.irqAffinity[each]");
        Assert.Equal(KnobState.InEffect, entry.State);
        Assert.Contains("irqbalance runs (/proc/77) and will move them again; stop it", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Interrupts_have_higher_numbers_than_CPUs_can_have()
    {
        using var tree = FakeTree.WithCpus().Irq(20_000, "2-3").Irq(20_001, "2-3");
        var host = new RefusingHost(tree.Host, "Input/output error", path => path.StartsWith("/proc/irq/20001/", StringComparison.Ordinal));
        var each = Each(tree.Tuner(host).Apply(Spec));
        Assert.Equal((KnobState.InEffect, "0,9,24,20000=0-1 20001=2-3"), (each.State, each.Effective));
        Assert.Equal("0-1", tree.Text("/proc/irq/20000/smp_affinity_list"));
        tree.Irq(20_000, "3");
        Assert.Equal(KnobState.Drifted, Each(tree.Tuner(host).Verify(Spec)).State);
        tree.Tuner(host).Restore();
        Assert.Equal("2-3", tree.Text("/proc/irq/20000/smp_affinity_list"));
    }

    [Fact]
    public void An_interrupt_that_came_after_tuning_is_moved_and_is_no_drift()
    {
        using var tree = FakeTree.WithCpus();
        var tuner = tree.Tuner();
        tuner.Apply(Spec);
        tree.Irq(30, "3");
        var outcome = tuner.Apply(Spec);
        Assert.Equal((KnobState.InEffect, "0,9,24,30=0-1"), (Each(outcome).State, Each(outcome).Effective));
        Assert.Equal(0, outcome.Journal.Drifts);
        tuner.Restore();
        Assert.Equal("3", tree.Text("/proc/irq/30/smp_affinity_list"));
    }

    [Fact]
    public void It_is_moved_where_drift_is_only_reported_too()
    {
        using var tree = FakeTree.WithCpus();
        var spec = Spec with { Drift = DriftPolicy.Report };
        tree.Tuner().Apply(spec);
        tree.Irq(30, "3");
        Assert.Equal(KnobState.InEffect, Each(tree.Tuner().Apply(spec)).State);
    }

    [Fact]
    public void An_interrupt_that_went_away_does_not_matter()
    {
        using var tree = FakeTree.WithCpus();
        tree.Tuner().Apply(Spec);
        Directory.Delete(tree.Root + "/proc/irq/24", recursive: true);
        Assert.Equal(KnobState.InEffect, Each(tree.Tuner().Apply(Spec)).State);
        Assert.True(tree.Tuner().Restore().IsWhole);
    }

    [Fact]
    public void An_interrupt_that_has_not_come_since_is_said_to_come_once_more_where_it_came()
    {
        using var tree = FakeTree.WithCpus().File("/proc/irq/9/effective_affinity_list", "3");
        var each = Each(tree.Tuner().Apply(Spec));
        Assert.Equal((KnobState.InEffect, "0,9,24=0-1"), (each.State, each.Effective));
        Assert.Contains("IRQs 9 come once more", each.Message, StringComparison.Ordinal);
        tree.File("/proc/irq/9/effective_affinity_list", "1");
        Assert.Null(Each(tree.Tuner().Apply(Spec)).Message);
    }

    [Fact]
    public void A_program_that_keeps_moving_them_is_named_as_a_fight()
    {
        using var tree = FakeTree.WithCpus();
        var tuner = tree.Tuner(clock: new FakeTimeProvider());
        for (var i = 0; i < 4; i++)
        {
            tuner.Apply(Spec);
            tree.Irq(9, "2");
        }

        var each = Each(tuner.Apply(Spec));
        Assert.Equal(KnobState.Drifted, each.State);
        Assert.Contains("something keeps setting it back", each.Message, StringComparison.Ordinal);
    }

    private static LedgerEntry Each(Latlab.NodeAgent.Planning.TuningOutcome outcome) =>
        outcome.Ledger.Single(entry => entry.Knob == "cpu.irqAffinity[each]");
}

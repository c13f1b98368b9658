using CsCheck;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Planning;

public sealed class TunerTests
{
    [Fact]
    public void The_journal_is_on_the_disk_before_the_first_change()
    {
        using var tree = FakeTree.Usual();
        var host = new RecordingHost(tree.Host);
        tree.Tuner(host).Apply(Specs.Usual);
        Assert.StartsWith("replace /var/lib/latlab/journal.json", host.Done[0], StringComparison.Ordinal);
        Assert.Equal(3, host.Done.Count(done => done.StartsWith("write", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_prior_value_is_kept_over_two_specs()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "10"));
        tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "20"));
        var entry = Assert.Single(tree.Journal().Entries);
        Assert.Equal("1", entry.Prior);
        Assert.Equal("20", entry.Written);
        tree.Tuner().Restore();
        Assert.Equal("1", tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public void Restoring_gives_back_exactly_what_was()
    {
        using var tree = FakeTree.Usual();
        var before = tree.Snapshot().Replace('\t', ' ');
        Assert.True(tree.Tuner().Apply(Specs.Usual).IsWhole);
        Assert.NotEqual(before, tree.Snapshot().Replace('\t', ' '));
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot().Replace('\t', ' '));
        Assert.Empty(tree.Journal().Entries);
    }

    [Fact]
    public void A_knob_that_leaves_the_spec_is_restored_and_the_others_stay()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Specs.Usual);
        var outcome = tree.Tuner().Apply(Specs.Usual with { Memory = null });
        Assert.Equal("0", tree.HugePagesText("2048kB"));
        Assert.Equal("10", tree.SysctlText("vm.stat_interval"));
        Assert.Equal(2, outcome.Ledger.Count);
        Assert.Null(tree.Journal().Find("memory.hugePages[2Mi,node0]"));
    }

    [Fact]
    public void A_knob_that_cannot_be_restored_stays_in_the_journal_and_in_the_ledger()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "10"));
        var host = new RefusingHost(tree.Host, "Device or resource busy", _ => true);
        var entry = Assert.Single(tree.Tuner(host).Apply(Specs.Empty).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("prior value \"1\"", entry.Message, StringComparison.Ordinal);
        Assert.Contains("Device or resource busy", entry.Message, StringComparison.Ordinal);
        Assert.NotNull(tree.Journal().Find("kernel.sysctls[vm.stat_interval]"));
        Assert.True(tree.Tuner().Apply(Specs.Empty).IsWhole);
        Assert.Equal("1", tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public void A_value_that_was_there_without_us_is_in_effect_and_never_restored()
    {
        using var tree = FakeTree.Usual().Sysctl("vm.stat_interval", "10");
        var entry = Assert.Single(tree.Tuner().Apply(Specs.Sysctl("vm.stat_interval", "10")).Ledger);
        Assert.Equal(KnobState.InEffect, entry.State);
        Assert.Null(entry.Configured);
        Assert.False(entry.PresentInThisBoot);
        tree.Sysctl("vm.stat_interval", "77");
        tree.Tuner().Restore();
        Assert.Equal("77", tree.SysctlText("vm.stat_interval"));
    }

    [Fact]
    public void Verifying_changes_nothing_at_all()
    {
        using var tree = FakeTree.Usual();
        var host = new RecordingHost(tree.Host);
        Assert.False(tree.Tuner(host).Verify(Specs.Usual).IsWhole);
        Assert.Empty(host.Done);
    }

    [Fact]
    public void A_pass_over_a_host_in_effect_only_reads()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Specs.Usual);
        var host = new RecordingHost(tree.Host);
        Assert.True(tree.Tuner(host).Apply(Specs.Usual).IsWhole);
        Assert.Empty(host.Done);
    }

    [Fact]
    public void Planning_after_applying_gives_an_empty_plan() =>
        Gen.Select(Gen.Int[0, 3].Array[3], Gen.Int[0, 3].Array[3], Gen.Bool).Sample((before, wished, drift) =>
        {
            using var tree = FakeTree.Usual().Sysctl("vm.stat_interval", $"{before[0]}")
                .Sysctl("net.ipv4.tcp_rmem", $"{before[1] + 4096}\t8192\t16384")
                .HugePages("2048kB", $"{before[2]}");
            var spec = Specs.Usual with
            {
                Kernel = new()
                {
                    Sysctls = new Dictionary<string, string>
                    {
                        ["vm.stat_interval"] = $"{wished[0]}",
                        ["net.ipv4.tcp_rmem"] = $"{wished[1] + 4096} 8192 16384",
                    },
                },
                Memory = wished[2] == 3 ? null : new() { HugePages = [new() { Size = "2Mi", Count = wished[2] }] },
                Drift = drift ? Crds.TunedNodes.DriftPolicy.Repair : Crds.TunedNodes.DriftPolicy.Report,
            };
            var snapshot = tree.Snapshot();
            tree.Tuner().Apply(Specs.Usual);
            Assert.True(tree.Tuner().Apply(spec).IsWhole || !drift);
            Assert.Empty(tree.Tuner().Plan(spec, out _));
            tree.Tuner().Restore();
            Assert.Equal(snapshot.Replace('\t', ' '), tree.Snapshot().Replace('\t', ' '));
        }, iter: 100);

    [Fact]
    public void What_failed_is_tried_again_later_and_later()
    {
        using var tree = FakeTree.Usual();
        var clock = new FakeTimeProvider();
        var host = new RefusingHost(tree.Host, "Invalid argument", path => path.EndsWith("stat_interval", StringComparison.Ordinal));
        var tuner = tree.Tuner(host, clock);
        var spec = Specs.Sysctl("vm.stat_interval", "10");
        var attempts = Enumerable.Range(0, 9).Select(_ =>
        {
            var entry = Assert.Single(tuner.Apply(spec).Ledger);
            Assert.Contains("Invalid argument", entry.Message, StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromSeconds(15));
            return host.Attempts;
        });
        Assert.Equal([1, 2, 2, 3, 3, 3, 3, 4, 4], attempts);
    }

    [Fact]
    public void A_new_wish_is_tried_at_once_after_a_failure()
    {
        using var tree = FakeTree.Usual();
        var host = new RefusingHost(tree.Host, "Invalid argument", path => path.EndsWith("stat_interval", StringComparison.Ordinal));
        var tuner = tree.Tuner(host, new FakeTimeProvider());
        tuner.Apply(Specs.Sysctl("vm.stat_interval", "10"));
        tuner.Apply(Specs.Sysctl("vm.stat_interval", "11"));
        Assert.Equal(2, host.Attempts);
    }

    [Fact]
    public void One_knob_that_fails_does_not_stop_the_others()
    {
        using var tree = FakeTree.Usual();
        var host = new RefusingHost(tree.Host, "Invalid argument", path => path.EndsWith("stat_interval", StringComparison.Ordinal));
        var outcome = tree.Tuner(host).Apply(Specs.Usual);
        Assert.Equal(2, outcome.InEffect);
        Assert.Equal(3, outcome.Ledger.Count);
    }


    public static TheoryData<Exception, string> Thrown => new()
    {
        { new IOException("/x cannot be listed: Permission denied"), "/x cannot be listed: Permission denied" },
        { new UnauthorizedAccessException("Access denied"), "Access denied" },
        { new FormatException("no number"), "a mistake in latlab kept it from being looked at or set (FormatException: no number)" },
    };

    [Theory]
    [MemberData(nameof(Thrown))]
    public void What_one_knob_throws_is_its_failure_and_the_others_are_set_and_put_back(Exception thrown, string reason)
    {
        using var tree = FakeTree.Usual();
        var host = new ThrowingHost(tree.Host, thrown, path => path.EndsWith("stat_interval", StringComparison.Ordinal));
        Fails(tree.Tuner(host).Apply(Specs.Usual), inEffect: 2);
        Assert.True(tree.Tuner().Apply(Specs.Usual).IsWhole);
        Fails(tree.Tuner(host).Verify(Specs.Usual), inEffect: 2);
        Fails(tree.Tuner(host).Restore(), inEffect: 0);
        Assert.Equal(("10", "0"), (tree.SysctlText("vm.stat_interval"), tree.HugePagesText("2048kB")));
        Assert.True(tree.Tuner().Restore().IsWhole);

        void Fails(TuningOutcome outcome, int inEffect)
        {
            Assert.Equal(inEffect, outcome.InEffect);
            var entry = Assert.Single(outcome.Ledger, entry => entry.State != KnobState.InEffect);
            Assert.Equal((KnobState.Failed, "kernel.sysctls[vm.stat_interval]"), (entry.State, entry.Knob));
            Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_was_set_stays_while_nobody_can_say_what_is_asked_for()
    {
        using var tree = FakeTree.WithCpus();
        NodeTuningSpec spec = new() { Cpu = new() { IrqAffinity = "0-1" } };
        Assert.True(tree.Tuner().Apply(spec).IsWhole);
        var host = new ThrowingHost(tree.Host, new IOException("denied"), path => path.EndsWith("cpu/online", StringComparison.Ordinal));
        var outcome = tree.Tuner(host).Apply(spec with { Kernel = Specs.Usual.Kernel });
        Assert.Equal(2, outcome.InEffect);
        var entry = Assert.Single(outcome.Ledger, entry => entry.State != KnobState.InEffect);
        Assert.Equal((KnobState.Failed, "cpu.irqAffinity", "denied"), (entry.State, entry.Knob, entry.Message));
        Assert.Equal("3", tree.Text("/proc/irq/default_smp_affinity"));
        Assert.True(tree.Tuner().Restore().IsWhole);
    }
}

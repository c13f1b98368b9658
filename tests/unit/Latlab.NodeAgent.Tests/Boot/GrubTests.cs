using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>Boot arguments written to GRUB's configuration, into effect by a reboot, and out again.</summary>
public sealed class GrubTests
{
    private const string Block = "isolcpus=2-3 nohz_full=2-3 hugepagesz=1G hugepages=8";
    private static readonly NodeTuningSpec Spec = SpecOf("isolcpus=2-3", "nohz_full=2-3", "hugepagesz=1G hugepages=8");

    [Fact]
    public void Arguments_are_written_as_one_block_and_wait_for_the_reboot()
    {
        using var tree = GrubHost.Tree();
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec);
        Assert.EndsWith($"GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT {Block}\"", tree.Text(GrubHost.DropIn), StringComparison.Ordinal);
        Assert.EndsWith($"quiet {Block}", GrubHost.Line(tree), StringComparison.Ordinal);
        Assert.True(outcome.RebootPending);
        Assert.All(outcome.Ledger, entry => Assert.Equal(KnobState.RebootRequired, entry.State));
        Assert.Equal((Block, Block, GrubHost.DropIn, false), Of(outcome, "boot", e => (e.Requested, e.Effective!, e.Evidence, e.PresentInThisBoot)));
        Assert.Equal(
            ("nohz_full=2-3", "/etc/default/grub.d/99_latlab.cfg", "absent"),
            Of(outcome, "kernel.arguments[nohz_full]", e => (e.Configured!, e.ConfiguredIn!, e.Effective!)));
        Assert.Equal("644", Convert.ToString((int)File.GetUnixFileMode(tree.Root + GrubHost.DropIn), 8));
    }

    [Fact]
    public void After_the_reboot_all_is_in_effect_and_nothing_is_pending()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(Spec);
        GrubHost.Reboot(tree);
        var outcome = tree.File("/sys/devices/system/cpu/isolated", "2-3").File("/sys/devices/system/cpu/nohz_full", "2-3").Tuner(host).Apply(Spec);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.False(outcome.RebootPending);
        Assert.All(outcome.Ledger, entry => Assert.True(entry.PresentInThisBoot));
        Assert.Empty(tree.Tuner(host).Plan(Spec, out _));
    }

    [Fact]
    public void Taken_out_it_is_as_before_and_the_running_kernel_waits_for_the_reboot()
    {
        using var tree = GrubHost.Tree();
        var before = tree.Text(GrubHost.Menu);
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(Spec);
        GrubHost.Reboot(tree);
        var outcome = tree.Tuner(host).Restore();
        Assert.True(outcome.IsWhole);
        Assert.True(outcome.RebootPending);
        Assert.Equal(before, tree.Text(GrubHost.Menu));
        Assert.False(tree.Host.Exists(GrubHost.DropIn));
        GrubHost.Reboot(tree, "33333333-3333-3333-3333-333333333333");
        Assert.False(tree.Tuner(host).Restore().RebootPending);
    }

    [Fact]
    public void Written_and_taken_out_within_a_boot_needs_no_reboot()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        Assert.True(tree.Tuner(host).Apply(Spec).RebootPending);
        Assert.False(tree.Tuner(host).Restore().RebootPending);
    }

    [Fact]
    public void An_argument_that_leaves_the_spec_leaves_the_block_and_needs_a_reboot()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(SpecOf("skew_tick=1", "audit=0"));
        GrubHost.Reboot(tree);
        var outcome = tree.Tuner(host).Apply(SpecOf("skew_tick=1"));
        Assert.True(outcome.RebootPending);
        Assert.Equal(KnobState.InEffect, Of(outcome, "kernel.arguments[skew_tick]", e => e.State));
        Assert.Equal(KnobState.RebootRequired, Of(outcome, "boot", e => e.State));
        GrubHost.Reboot(tree, "33333333-3333-3333-3333-333333333333");
        Assert.True(tree.Tuner(host).Apply(SpecOf("skew_tick=1")).IsWhole);
    }

    [Fact]
    public void A_later_file_that_overrides_it_is_named_and_everything_is_as_before()
    {
        using var tree = GrubHost.Tree().File("/etc/default/grub.d/99_zz-cloud.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"console=ttyS0\"");
        var host = new GrubHost(tree);
        host.UpdateGrub();
        var before = tree.Snapshot();
        var outcome = tree.Tuner(host).Apply(Spec);
        Assert.Equal(KnobState.Failed, Of(outcome, "boot", e => e.State));
        Assert.Contains("/etc/default/grub.d/99_zz-cloud.cfg is read later", Of(outcome, "boot", e => e.Message!), StringComparison.Ordinal);
        Assert.Equal(before, tree.Snapshot());
        Assert.False(outcome.RebootPending);
    }

    [Fact]
    public void A_generator_that_fails_changes_nothing_and_is_not_asked_again_at_once()
    {
        using var tree = GrubHost.Tree();
        var before = tree.Snapshot();
        var host = new GrubHost(tree) { Failure = "/usr/sbin/grub-probe: error: failed to get canonical path" };
        var tuner = tree.Tuner(host);
        var outcome = tuner.Apply(Spec);
        Assert.Contains("failed to get canonical path", Of(outcome, "boot", e => e.Message!), StringComparison.Ordinal);
        Assert.Equal(before, tree.Snapshot());
        tuner.Apply(Spec);
        Assert.Single(host.Commands);
    }

    [Fact]
    public void A_new_menu_that_lost_a_kernel_is_not_taken()
    {
        using var tree = GrubHost.Tree();
        var before = tree.Snapshot();
        var host = new GrubHost(tree);
        host.Kernels.RemoveAt(0);
        var outcome = tree.Tuner(host).Apply(Spec);
        Assert.Contains("has no /boot/vmlinuz-6.1.0-test, which the old one has", Of(outcome, "boot", e => e.Message!), StringComparison.Ordinal);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void Recovery_entries_and_other_systems_are_left_without_the_arguments()
    {
        using var tree = GrubHost.Tree();
        tree.Tuner(new GrubHost(tree)).Apply(Spec);
        var menu = new GrubMenu(tree.Text(GrubHost.Menu));
        Assert.Equal((4, 2), (menu.Entries.Count, menu.Usual.Count()));
        Assert.All(menu.Entries.Except(menu.Usual), entry => Assert.DoesNotContain("nohz_full=2-3", entry.Words));
        Assert.Contains("/boot/vmlinuz-other root=UUID=2\n", tree.Text(GrubHost.Menu), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15_cloud.cfg", false)]
    [InlineData("99_zz.cfg", true)]
    public void Recovery_entries_that_were_switched_off_are_made_while_the_block_is_there(string name, bool isLater)
    {
        using var tree = GrubHost.Tree().File($"/etc/default/grub.d/{name}", "GRUB_DISABLE_RECOVERY=true");
        var host = new GrubHost(tree);
        host.UpdateGrub();
        var before = tree.Snapshot();
        Assert.Equal(2, new GrubMenu(tree.Text(GrubHost.Menu)).Entries.Count);
        var outcome = tree.Tuner(host).Apply(Spec);
        Assert.Equal(isLater ? 2 : 4, new GrubMenu(tree.Text(GrubHost.Menu)).Entries.Count);
        Assert.Equal(isLater, Of(outcome, "boot", e => e.Message!).Contains("Nothing in the boot menu", StringComparison.Ordinal));
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void What_others_set_already_is_not_written_twice()
    {
        using var tree = GrubHost.Tree(usual: "quiet nohz_full=3,2", always: "audit=0");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(SpecOf("nohz_full=2-3", "audit=0", "skew_tick=1"));
        Assert.Equal("skew_tick=1", Of(outcome, "boot", e => e.Requested));
    }

    [Fact]
    public void What_others_set_otherwise_is_refused_and_costs_no_reboot()
    {
        using var tree = GrubHost.Tree(usual: "quiet nohz_full=1");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(SpecOf("nohz_full=2-3"));
        Assert.Contains("meets nohz_full=1 of another hand", Of(outcome, "kernel.arguments[nohz_full]", e => e.Message!), StringComparison.Ordinal);
        Assert.Equal("", Of(outcome, "boot", e => e.Requested));
        Assert.False(outcome.RebootPending);
    }

    [Fact]
    public void What_this_kernel_drops_is_not_written_and_costs_no_reboot()
    {
        using var tree = GrubHost.Tree().File("/boot/config-6.1.0-test", "# CONFIG_NO_HZ_FULL is not set");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(SpecOf("nohz_full=2-3"));
        Assert.Equal(KnobState.Unsupported, Of(outcome, "kernel.arguments[nohz_full]", e => e.State));
        Assert.False(outcome.RebootPending);
        Assert.False(tree.Host.Exists(GrubHost.DropIn));
    }

    [Fact]
    public void An_argument_that_a_reboot_did_not_bring_asks_for_no_second_one()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(SpecOf("skew_tick=1"));
        tree.Boot(FakeTree.SecondBoot);
        var outcome = tree.Tuner(host).Apply(SpecOf("skew_tick=1"));
        Assert.False(outcome.RebootPending);
        Assert.Equal(KnobState.Failed, Of(outcome, "kernel.arguments[skew_tick]", e => e.State));
        Assert.Contains($"absent though it is in {GrubHost.DropIn}", Of(outcome, "kernel.arguments[skew_tick]", e => e.Message!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DriftPolicy.Repair)]
    [InlineData(DriftPolicy.Report)]
    public void A_file_that_somebody_edits_is_drift(DriftPolicy policy)
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        var spec = SpecOf("skew_tick=1") with { Drift = policy };
        tree.Tuner(host).Apply(spec);
        tree.File(GrubHost.DropIn, "GRUB_CMDLINE_LINUX_DEFAULT=\"$GRUB_CMDLINE_LINUX_DEFAULT skew_tick=1 mine=1\"");
        host.UpdateGrub();
        var outcome = tree.Tuner(host).Apply(spec);
        Assert.Equal(1, outcome.Journal.Drifts);
        Assert.Equal(policy == DriftPolicy.Repair, !GrubHost.Line(tree).Contains("mine", StringComparison.Ordinal));
        Assert.Equal(policy == DriftPolicy.Repair ? KnobState.RebootRequired : KnobState.Drifted, Of(outcome, "boot", e => e.State));
    }

    [Fact]
    public void A_block_whose_journal_was_lost_is_known_as_ours()
    {
        using var tree = GrubHost.Tree();
        var before = tree.Text(GrubHost.Menu);
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(Spec);
        Directory.Delete(tree.Root + "/var/lib/latlab", recursive: true);
        tree.Tuner(host).Apply(Spec);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(before, tree.Text(GrubHost.Menu));
    }

    [Fact]
    public void A_line_that_the_kernel_would_cut_off_is_not_written()
    {
        using var tree = GrubHost.Tree(usual: string.Join(' ', Enumerable.Range(0, 200).Select(i => $"a{i}=12345")));
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(Spec);
        Assert.Contains("kernels take 2047", Of(outcome, "boot", e => e.Message!), StringComparison.Ordinal);
        Assert.False(tree.Host.Exists(GrubHost.DropIn));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Killed_at_any_step_the_node_has_a_whole_menu_and_a_fresh_agent_goes_on(bool afterwards)
    {
        using var model = GrubHost.Tree();
        var old = model.Text(GrubHost.Menu);
        model.Tuner(new GrubHost(model)).Apply(Spec);
        var @new = model.Text(GrubHost.Menu);
        for (var deadly = 1; ; deadly++)
        {
            using var tree = GrubHost.Tree();
            if (!Dies(() => tree.Tuner(new DeadlyHost(new GrubHost(tree), deadly, afterwards)).Apply(Spec)))
            {
                Assert.InRange(deadly, 8, 50);
                return;
            }

            AssertResumes(tree, old, @new);
        }
    }

    [Fact]
    public void Power_cut_in_the_middle_of_making_the_menu_leaves_the_old_one()
    {
        using var model = GrubHost.Tree();
        var old = model.Text(GrubHost.Menu);
        model.Tuner(new GrubHost(model)).Apply(Spec);
        using var tree = GrubHost.Tree();
        Assert.True(Dies(() => tree.Tuner(new GrubHost(tree) { PowerFails = true }).Apply(Spec)));
        Assert.Equal(old, tree.Text(GrubHost.Menu));
        GrubHost.Reboot(tree);
        AssertResumes(tree, old, model.Text(GrubHost.Menu));
    }

    private static void AssertResumes(FakeTree tree, string old, string @new)
    {
        Assert.Contains(tree.Text(GrubHost.Menu), new[] { old, @new });
        var host = new GrubHost(tree);
        var outcome = tree.Tuner(host).Apply(Spec);
        Assert.Equal(@new, tree.Text(GrubHost.Menu));
        Assert.True(outcome.RebootPending);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(old, tree.Text(GrubHost.Menu));
        Assert.False(tree.Host.Exists(GrubHost.DropIn));
    }

    private static bool Dies(Action work)
    {
        try
        {
            work();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    private static T Of<T>(TuningOutcome outcome, string knob, Func<LedgerEntry, T> select) => select(Assert.Single(outcome.Ledger, entry => entry.Knob == knob));

    private static NodeTuningSpec SpecOf(params string[] arguments) => new() { Boot = new(), Kernel = new() { Arguments = arguments } };
}

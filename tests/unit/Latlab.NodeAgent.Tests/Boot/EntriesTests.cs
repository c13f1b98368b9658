using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>Boot arguments on lines that everybody writes to: GRUB's entries and systemd-boot's.</summary>
public sealed class EntriesTests
{
    private const string Block = "skew_tick=1 audit=0";
    private static readonly NodeTuningSpec Spec = SpecOf("skew_tick=1", "audit=0");

    [Fact]
    public void With_GRUB_every_kernel_has_the_block_and_the_rescue_one_is_as_it_was()
    {
        using var tree = EntryTree.Fedora();
        var before = tree.Snapshot();
        Assert.True(tree.Tuner().Apply(Spec).RebootPending);
        foreach (var name in new[] { "a-6.1.0-test", "a-6.0.0" })
        {
            Assert.Contains($"options root=UUID=1 ro quiet {Block}\ngrub_class", tree.Text(EntryTree.Entry(name)), StringComparison.Ordinal);
        }

        Assert.Equal($"root=UUID=1 ro quiet {Block}", tree.Text(EntryTree.Line));
        Assert.DoesNotContain("audit", tree.Text(EntryTree.Entry("a-0-rescue")), StringComparison.Ordinal);
        Assert.Empty(tree.Tuner().Plan(Spec, out _));
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void With_systemd_boot_the_running_kernel_newer_ones_and_those_to_come_have_it()
    {
        using var tree = EntryTree.SystemdBoot();
        var before = tree.Snapshot();
        Assert.True(tree.Tuner().Apply(Spec).RebootPending);
        Assert.All(["6.1.0-test", "6.10.0"], name => Assert.Contains(Block, tree.Text(EntryTree.Entry(name)), StringComparison.Ordinal));
        Assert.DoesNotContain("audit", tree.Text(EntryTree.Entry("6.0.0")), StringComparison.Ordinal);
        Assert.Equal($"ro quiet {Block}", tree.Text(EntryTree.Line));
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void After_a_boot_into_a_newer_kernel_the_block_leaves_the_older_entries_too()
    {
        using var tree = EntryTree.SystemdBoot();
        var before = tree.Snapshot();
        tree.Tuner().Apply(Spec);
        tree.Boot(FakeTree.SecondBoot).File("/proc/sys/kernel/osrelease", "6.10.0").File("/proc/cmdline", $"ro quiet {Block}");
        Assert.True(tree.Tuner().Restore().RebootPending);
        tree.Boot(FakeTree.FirstBoot).File("/proc/sys/kernel/osrelease", "6.1.0-test").File("/proc/cmdline", "root=/dev/vda1 quiet");
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void What_others_set_is_left_as_it_is_blanks_and_quotes_included()
    {
        using var tree = EntryTree.Fedora("root=UUID=1  ro dyndbg=\"file drivers/usb/* +p\" audit=1x nohz_full=9");
        var before = tree.Snapshot();
        tree.Tuner().Apply(SpecOf("nohz=on", "skew_tick=1"));
        Assert.Contains("root=UUID=1  ro dyndbg=\"file drivers/usb/* +p\" audit=1x nohz_full=9 nohz=on skew_tick=1\n", tree.Text(EntryTree.Entry("a-6.0.0")), StringComparison.Ordinal);
        tree.Tuner().Apply(SpecOf("skew_tick=1"));
        Assert.Contains("nohz_full=9 skew_tick=1\n", tree.Text(EntryTree.Entry("a-6.0.0")), StringComparison.Ordinal);
        tree.Tuner().Restore();
        Assert.Equal(before, tree.Snapshot());
    }

    [Theory]
    [InlineData("isolcpus=4-7")]
    [InlineData("isolcpus=2-3")]
    public void An_argument_that_somebody_gave_one_kernel_only_is_refused_and_kept(string theirs)
    {
        using var tree = EntryTree.Fedora().File(EntryTree.Entry("a-6.0.0"), EntryTree.Text("6.0.0", $"root=UUID=1 ro {theirs}"));
        var before = tree.Snapshot();
        var outcome = tree.Tuner().Apply(SpecOf("isolcpus=2-3"));
        Assert.Contains($"meets {theirs}", Of(outcome, "kernel.arguments[isolcpus]").Message!, StringComparison.Ordinal);
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void What_stands_in_GRUBs_environment_counts()
    {
        using var tree = EntryTree.Fedora("$kernelopts").File("/boot/grub2/grubenv", "# GRUB Environment Block\nkernelopts=root=UUID=1 ro audit=1\n");
        var outcome = tree.Tuner().Apply(Spec);
        Assert.Contains("meets audit=1", Of(outcome, "kernel.arguments[audit]").Message!, StringComparison.Ordinal);
        Assert.Contains("options $kernelopts skew_tick=1\n", tree.Text(EntryTree.Entry("a-6.0.0")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_kernels_entry_gets_the_block_when_it_is_seen()
    {
        using var tree = EntryTree.Fedora();
        tree.Tuner().Apply(Spec);
        tree.File(EntryTree.Entry("a-6.2.0"), EntryTree.Text("6.2.0", "root=UUID=1 ro"));
        Assert.True(tree.Tuner().Apply(Spec).RebootPending);
        Assert.Contains($"ro {Block}\n", tree.Text(EntryTree.Entry("a-6.2.0")), StringComparison.Ordinal);
        Assert.Contains($"quiet {Block}\n", tree.Text(EntryTree.Entry("a-6.0.0")), StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_at_any_step_no_word_of_ours_stays_behind()
    {
        foreach (var make in new Func<FakeTree>[] { () => EntryTree.Fedora(), () => EntryTree.SystemdBoot() })
        {
            Deaths.OfBoot(() => make() is var tree ? (tree, tree.Host) : default, (tree, _) => tree.Snapshot());
        }
    }

    [Fact]
    public void Where_no_entry_is_without_the_block_that_is_said()
    {
        using var fedora = EntryTree.Fedora();
        File.Delete(fedora.Root + EntryTree.Entry("a-0-rescue"));
        using var systemd = EntryTree.SystemdBoot();
        File.Delete(systemd.Root + EntryTree.Entry("6.0.0"));
        foreach (var tree in new[] { fedora, systemd })
        {
            Assert.Contains("Nothing in the boot menu", Of(tree.Tuner().Apply(Spec), "boot").Message!, StringComparison.Ordinal);
            tree.Boot(FakeTree.SecondBoot).File("/proc/cmdline", $"ro quiet {Block}");
            var entry = Of(tree.Tuner().Apply(Spec), "boot");
            Assert.Equal(KnobState.InEffect, entry.State);
            Assert.Contains("Nothing in the boot menu", entry.Message!, StringComparison.Ordinal);
        }

        using var usual = EntryTree.Fedora();
        Assert.DoesNotContain("Nothing in", Of(usual.Tuner().Apply(Spec), "boot").Message!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("6.1.0", "6.1.0", 0)]
    [InlineData("6.10.0", "6.9.0", 1)]
    [InlineData("6.1.0-9-amd64", "6.1.0-10-amd64", -1)]
    [InlineData("5.14.0-427.el9.x86_64", "5.14.0-70.13.1.el9_0.x86_64", 1)]
    [InlineData("6.1.0", "6.1.0-test", -1)]
    public void Releases_are_ordered_by_their_numbers(string left, string right, int order)
    {
        Assert.Equal(order, Math.Sign(KernelRelease.Compare(left, right)));
        Assert.Equal(-order, Math.Sign(KernelRelease.Compare(right, left)));
    }

    private static LedgerEntry Of(TuningOutcome outcome, string knob) => Assert.Single(outcome.Ledger, entry => entry.Knob == knob);

    private static NodeTuningSpec SpecOf(params string[] arguments) => new() { Boot = new(), Kernel = new() { Arguments = arguments } };
}

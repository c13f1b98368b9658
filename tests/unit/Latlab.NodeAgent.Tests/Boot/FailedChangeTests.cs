using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Boot;

/// <summary>
/// A change of the boot configuration that does not succeed: no reboot is asked for, no text becomes an argument, nothing is forgotten.
/// </summary>
public sealed class FailedChangeTests
{
    private static readonly NodeTuningSpec Spec = SpecOf("skew_tick=1", "audit=0");

    [Fact]
    public void However_often_it_fails_only_arguments_reach_the_boot_files_and_no_reboot_is_asked_for()
    {
        using var tree = EntryTree.Fedora();
        var before = tree.Snapshot();
        // The second entry can never be written: /boot is full, or the file immutable.
        var host = new StubbornHost(tree.Host, EntryTree.Entry("a-6.1.0-test"));
        foreach (var spec in new[] { Spec, SpecOf("skew_tick=1"), Spec, SpecOf("nohz=on") })
        {
            var outcome = tree.Tuner(host).Apply(spec);
            Assert.Equal(KnobState.Failed, Of(outcome, "boot").State);
            Assert.False(outcome.RebootPending);
            Assert.All(
                BootWords.Of(string.Join(' ', Record(tree).Block, Record(tree).Leaving, Record(tree).Booted)),
                word => Assert.Contains(word, (string[])["skew_tick=1", "audit=0", "nohz=on"]));
        }

        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(before, tree.Snapshot());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failure_of_any_kind_is_told_and_the_other_knobs_are_set(bool isDenied)
    {
        using var tree = EntryTree.Fedora();
        var host = new StubbornHost(tree.Host, EntryTree.Line) { IsDenied = isDenied };
        var outcome = tree.Tuner(host).Apply(Specs.Usual with { Boot = Spec.Boot, Kernel = Specs.Usual.Kernel! with { Arguments = Spec.Kernel!.Arguments } });
        Assert.Equal(KnobState.Failed, Of(outcome, "boot").State);
        Assert.Contains("is not to be written", Of(outcome, "boot").Message!, StringComparison.Ordinal);
        Assert.Equal(KnobState.InEffect, Of(outcome, "kernel.sysctls[vm.stat_interval]").State);
    }

    [Fact]
    public void A_staged_block_whose_change_fails_is_not_rebooted_into()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        Assert.True(tree.Tuner(host).Apply(Spec).RebootPending);
        host.Failure = "no space left on device";
        Assert.False(tree.Tuner(host).Apply(SpecOf("skew_tick=1")).RebootPending);
        host.Failure = null;
        Assert.True(tree.Tuner(host).Apply(SpecOf("skew_tick=1")).RebootPending);
        Assert.EndsWith("quiet skew_tick=1", GrubHost.Line(tree), StringComparison.Ordinal);
    }

    [Fact]
    public void Cut_short_before_anything_was_written_no_reboot_is_asked_for_though_the_menu_cannot_be_read()
    {
        using var tree = GrubHost.Tree();
        new BootRecord { BootId = FakeTree.FirstBoot, Booted = "", Block = "skew_tick=1", Unfinished = true, File = "x" }.Save(tree.Host);
        tree.File(GrubHost.Menu, "");
        var outcome = tree.Tuner(new GrubHost(tree)).Apply(SpecOf("skew_tick=1"));
        Assert.Equal(KnobState.Failed, Of(outcome, "boot").State);
        Assert.False(outcome.RebootPending);
    }

    [Fact]
    public void A_block_that_drifted_and_was_repaired_still_has_to_leave_the_running_kernel()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(Spec);
        GrubHost.Reboot(tree);
        File.Delete(tree.Root + GrubHost.DropIn);
        host.UpdateGrub();
        tree.Tuner(host).Apply(Spec);
        Assert.True(tree.Tuner(host).Restore().RebootPending);
    }

    [Fact]
    public void A_staged_block_that_an_administrator_took_away_is_not_rebooted_for()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        var spec = Spec with { Drift = DriftPolicy.Report };
        Assert.True(tree.Tuner(host).Apply(spec).RebootPending);
        TakeAway(tree, host);
        var outcome = tree.Tuner(host).Apply(spec);
        Assert.False(outcome.RebootPending);
        Assert.Equal(KnobState.Drifted, Of(outcome, "boot").State);
        Assert.Equal((null, "absent"), (Of(outcome, "kernel.arguments[audit]").Configured, Of(outcome, "kernel.arguments[audit]").Effective));
        // It is put in again, by the administrator or by another policy.
        Assert.True(tree.Tuner(host).Apply(Spec).RebootPending);
    }

    [Fact]
    public void Nor_one_that_something_takes_away_again_and_again()
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        var tuner = tree.Tuner(host);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(tuner.Apply(Spec).RebootPending);
            TakeAway(tree, host);
        }

        var outcome = tuner.Apply(Spec);
        Assert.Contains("something keeps setting it back", Of(outcome, "boot").Message!, StringComparison.Ordinal);
        Assert.False(outcome.RebootPending);
    }

    [Theory]
    [InlineData(GrubHost.Menu)]
    [InlineData("/etc/os-release")]
    public void Nor_one_that_cannot_be_looked_at(string file)
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        Assert.True(tree.Tuner(host).Apply(Spec).RebootPending);
        File.Delete(tree.Root + file);
        var outcome = tree.Tuner(host).Apply(Spec);
        Assert.Equal(KnobState.Failed, Of(outcome, "boot").State);
        Assert.False(outcome.RebootPending);
    }

    [Theory]
    [InlineData("/etc/os-release", null, "boot.enabled")]
    [InlineData("/etc/default/grub", null, "no boot loader that latlab knows")]
    [InlineData(BootRecord.Path, "{ \"block\": ", "is damaged")]
    [InlineData(BootRecord.Path, "null", "is damaged")]
    [InlineData(BootRecord.Path, "{\"bootId\":\"b\",\"booted\":\"\",\"block\":\"(isolcpus=2 is still there)\",\"file\":\"f\"}", "is no argument")]
    public void A_block_that_cannot_be_looked_at_is_not_said_to_be_gone(string file, string? text, string said)
    {
        using var tree = GrubHost.Tree();
        var host = new GrubHost(tree);
        tree.Tuner(host).Apply(Spec);
        if (text is null)
        {
            File.Delete(tree.Root + file);
        }
        else
        {
            tree.File(file, text);
        }

        host.Commands.Clear();
        var outcome = tree.Tuner(host).Restore();
        Assert.False(outcome.IsWhole);
        Assert.Contains(said, Of(outcome, "boot").Message!, StringComparison.Ordinal);
        Assert.Empty(host.Commands);
        Assert.True(tree.Host.Exists(GrubHost.DropIn));
    }

    private static void TakeAway(FakeTree tree, GrubHost host)
    {
        File.Delete(tree.Root + GrubHost.DropIn);
        host.UpdateGrub();
    }

    private static BootRecord Record(FakeTree tree) => BootRecord.Load(tree.Host)!;

    private static LedgerEntry Of(TuningOutcome outcome, string knob) => Assert.Single(outcome.Ledger, entry => entry.Knob == knob);

    private static NodeTuningSpec SpecOf(params string[] arguments) => new() { Boot = new(), Kernel = new() { Arguments = arguments } };

    /// <summary>A host with a file that nobody can write.</summary>
    private sealed class StubbornHost(IHost inner, string file) : WrappedHost(inner)
    {
        public bool IsDenied { get; init; }

        public override void ReplaceSystemFile(string path, string text)
        {
            if (path == file)
            {
                const string Why = "is not to be written";
                throw IsDenied ? new UnauthorizedAccessException($"{path} {Why}") : new IOException($"{path} {Why}");
            }

            base.ReplaceSystemFile(path, text);
        }
    }
}

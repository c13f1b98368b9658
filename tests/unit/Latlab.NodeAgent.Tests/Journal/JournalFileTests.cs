using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Journal;

public sealed class JournalFileTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"schema":1,"entries":null}""")]
    [InlineData("""{"schema":1,"entries":[{"knob":"x"}]}""")]
    [InlineData("""{"schema":2,"entries":[]}""")]
    [InlineData("""{"entries":[]}""")]
    public void With_a_damaged_journal_nothing_is_changed_and_the_file_is_kept(string text)
    {
        using var tree = FakeTree.Usual().File(JournalFile.DefaultPath, text);
        var before = tree.Snapshot();
        foreach (var outcome in new[] { tree.Tuner().Apply(Specs.Usual), tree.Tuner().Restore() })
        {
            Assert.False(outcome.IsWhole);
            Assert.Contains(JournalFile.DefaultPath, outcome.Problem, StringComparison.Ordinal);
            Assert.Contains("repair it, or move it away", outcome.Problem, StringComparison.Ordinal);
            Assert.All(outcome.Ledger, entry => Assert.Equal(KnobState.Failed, entry.State));
        }

        Assert.Equal(before, tree.Snapshot());
        Assert.Equal(text, tree.Text(JournalFile.DefaultPath));
    }

    [Fact]
    public void A_journal_cut_anywhere_is_noticed()
    {
        using var tree = FakeTree.Usual();
        tree.Tuner().Apply(Specs.Usual);
        var whole = tree.Text(JournalFile.DefaultPath);
        for (var length = 0; length < whole.Length; length++)
        {
            tree.File(JournalFile.DefaultPath, whole[..length]);
            new JournalFile(tree.Host).Load(out var problem);
            Assert.NotNull(problem);
        }
    }

    [Fact]
    public void Without_a_journal_that_can_be_written_nothing_is_changed()
    {
        using var tree = FakeTree.Usual();
        var before = tree.Snapshot();
        var outcome = tree.Tuner(new FullDisk(tree.Host)).Apply(Specs.Usual);
        Assert.Contains("No space left on device", outcome.Problem, StringComparison.Ordinal);
        Assert.All(outcome.Ledger, entry => Assert.Equal(KnobState.Failed, entry.State));
        Assert.Equal(before, tree.Snapshot());
    }

    [Fact]
    public void An_entry_of_a_newer_agent_is_kept_and_named()
    {
        using var tree = FakeTree.Usual();
        var entry = new JournalEntry { Knob = "future.knob[x]", Prior = "1", BootId = FakeTree.FirstBoot, Written = "2" };
        Assert.Null(new JournalFile(tree.Host).Save(JournalState.Empty.With(entry)));
        var outcome = tree.Tuner().Restore();
        Assert.False(outcome.IsWhole);
        Assert.Contains("does not know the knob", Assert.Single(outcome.Ledger).Message, StringComparison.Ordinal);
        Assert.Equal(entry, Assert.Single(tree.Journal().Entries));
    }

    [Fact]
    public void Writing_and_reading_is_the_identity()
    {
        using var tree = FakeTree.Usual();
        var state = new JournalState
        {
            Schema = 1,
            Drifts = 3,
            Entries = [new() { Knob = "a", Prior = "\t\"ä", BootId = "b", Written = "w", Verified = "v", DriftFound = "d", Drifts = 2 }],
        };
        Assert.Null(new JournalFile(tree.Host).Save(state));
        Assert.Equal(state.Entries, tree.Journal().Entries);
        Assert.Equal(3, tree.Journal().Drifts);
    }

    private sealed class FullDisk(IHost inner) : WrappedHost(inner)
    {
        public override void ReplaceDurably(string path, string text) => throw new IOException("No space left on device");
    }
}

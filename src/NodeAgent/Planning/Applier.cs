using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Planning;

/// <summary>
/// Carries a plan out: journal on the disk, then the host, then the journal again. Killed anywhere, the next plan goes on from what the
/// journal and the kernel say. Steps are independent: one that fails does not stop the others.
/// </summary>
internal sealed class Applier(IHost host, JournalFile file, RetrySchedule retries)
{
    /// <summary>Returns the journal as it then is.</summary>
    public JournalState Apply(IReadOnlyList<Step> steps, JournalState journal, string bootId, out string? problem)
    {
        var prepared = steps.Aggregate(journal, (state, step) => Prepared(state, step, bootId));
        problem = prepared == journal ? null : file.Save(prepared);
        if (problem is not null)
        {
            return journal;
        }

        var done = prepared;
        foreach (var step in steps)
        {
            done = Carried(done, step);
        }

        problem = done == prepared ? null : file.Save(done);
        return problem is null ? done : prepared;
    }

    /// <summary>What must be on the disk before the host is touched.</summary>
    private static JournalState Prepared(JournalState journal, Step step, string bootId)
    {
        var path = step.Knob.Path;
        var entry = journal.Find(path);
        return step switch
        {
            Adopt adopt => journal.With(Fresh(path, adopt.Prior, adopt.Written) with { Verified = adopt.Value }),
            // Where something appeared since, the prior value grows, and the drift at hand is still one.
            Change { Prior: { } prior } change when entry?.BootId == bootId =>
                journal.With(entry with { Prior = prior, Written = change.Wish }),
            Change { Prior: { } prior } change => journal.With(Fresh(path, prior, change.Wish)),
            Change change when entry!.Written != change.Wish => journal.With(entry with { Written = change.Wish }),
            Confirm confirm => journal.With(entry! with { Verified = confirm.Value, DriftFound = null }),
            NoteDrift drift =>
                journal.With(entry! with { DriftFound = drift.Found, Drifts = entry.Drifts + 1 }) with { Drifts = journal.Drifts + 1 },
            NoteUse use => journal.WithUse(new(path, use.Wish, bootId, use.Reason)),
            ForgetUse => journal.WithoutUse(path),
            _ => journal,
        };

        JournalEntry Fresh(string knob, string prior, string? written) =>
            new() { Knob = knob, Prior = prior, BootId = bootId, Written = written, Drifts = entry?.Drifts ?? 0 };
    }

    private JournalState Carried(JournalState journal, Step step)
    {
        var path = step.Knob.Path;
        switch (step)
        {
            case Change change:
                var entry = journal.Find(path)!;
                var set = Set(change, change.Wish, journal, out var immovable);
                var known = ManyValues.Extended(new SortedDictionary<int, string>(immovable), entry.ImmovableNumbers);
                entry = entry with { Immovable = known.Count > 0 ? NumberedValues.Format(known) : null };
                if (set && entry.DriftFound is { } found)
                {
                    retries.Repaired(path, change.Wish, found);
                }

                return journal.With(!set ? entry : entry with
                {
                    Verified = change.Knob.Without(change.Wish, immovable.Keys),
                    DriftFound = null,
                });
            case Restore restore when Set(restore, restore.Prior, journal, out _):
            case Forget:
                retries.Succeeded(path);
                return journal.Without(path);
            default:
                return journal;
        }
    }

    /// <summary>Writes and reads back; what the kernel lets nobody set does not count.</summary>
    private bool Set(Step step, string value, JournalState journal, out IDictionary<int, string> immovable)
    {
        var knob = step.Knob;
        var view = new HostView(host, journal);
        var failure = Contained.WriteOf(knob, view, value);
        immovable = view.Immovable;
        var found = Contained.ReadOf(knob, new HostView(host, journal));
        if (found.Value is { } text && knob.Same(text, knob.Without(value, immovable.Keys)))
        {
            retries.Succeeded(knob.Path);
            return true;
        }

        retries.Failed(knob.Path, value, failure ?? found.Reason ?? knob.Shortfall(value, found.Value!));
        return false;
    }
}

using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs;

namespace Latlab.NodeAgent.Planning;

/// <summary>What the host is like: readings by knob path.</summary>
internal sealed record Observation(string BootId, IReadOnlyDictionary<string, KnobReading> Readings);

/// <summary>What is wanted: the wishes, what to do about drift, and which journaled knobs without a wish are to be put back.</summary>
internal sealed record Desired(IReadOnlyList<Wish> Wishes, DriftPolicy Drift, Func<string, bool> PutBack)
{
    /// <summary>Paths of the knobs with a wish.</summary>
    public IReadOnlySet<string> Wished { get; } = Wishes.Where(wish => wish.Knob is not null).Select(wish => wish.Path).ToHashSet();

    /// <summary>Knobs in the journal that are to be put back, and that this agent knows.</summary>
    public IEnumerable<Knob> Leaving(JournalState journal) =>
        journal.Entries
            .Where(entry => !Wished.Contains(entry.Knob) && PutBack(entry.Knob))
            .Select(entry => KnobTable.Find(entry.Knob))
            .OfType<Knob>();
}

/// <summary>
/// Decides about all knobs; pure. What leaves goes first and backwards, then what is wished in the order of the knob table.
/// </summary>
internal static class Planner
{
    public static IReadOnlyList<Step> Plan(Observation observed, Desired desired, JournalState journal, Func<string, string, bool> isHeld)
    {
        var leaving = desired.Leaving(journal)
            .OrderBy(knob => KnobTable.RestoringOrder(knob.Path))
            .Select(knob => (Knob: knob, Wish: default(string)));
        var wished = desired.Wishes
            .Where(wish => wish.Knob is not null)
            .Select(wish => (Knob: wish.Knob!, Wish: (string?)wish.Value));
        // The ledger says why nothing is planned for a knob that throws: it asks the same.
        return
        [
            .. Uses(observed, desired, journal),
            .. leaving.Concat(wished).SelectMany(one => Contained.Try<IReadOnlyList<Step>>(() => [.. one.Knob.Plan(At(one.Knob, one.Wish))], _ => [])),
        ];

        Situation At(Knob knob, string? wish)
        {
            var situation = new Situation(
                knob, wish, observed.Readings[knob.Path], journal.Find(knob.Path), observed.BootId, desired.Drift, Held: false);
            return situation with { Held = isHeld(knob.Path, situation.Target ?? situation.Prior) };
        }
    }

    /// <summary>What was seen of uses for the first time, and what of that is over.</summary>
    private static IEnumerable<Step> Uses(Observation observed, Desired desired, JournalState journal)
    {
        var wishes = desired.Wishes.Where(wish => wish.Knob is not null).ToList();
        var over = journal.Uses
            .Where(use => desired.PutBack(use.Knob))
            .Where(use => use.BootId != observed.BootId || !wishes.Exists(wish => wish.Path == use.Knob && wish.Value == use.Wish))
            .Select(use => KnobTable.Find(use.Knob))
            .OfType<Knob>();
        return
        [
            .. over.Select(knob => new ForgetUse(knob)),
            .. from wish in wishes
               let reading = observed.Readings[wish.Path]
               where reading.VetoStays && journal.FindUse(wish.Path, wish.Value, observed.BootId) is null
               select new NoteUse(wish.Knob!, wish.Value, reading.Veto!),
        ];
    }
}

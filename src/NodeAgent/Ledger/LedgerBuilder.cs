using System.Security.Cryptography;
using System.Text;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Ledger;

/// <summary>Verdicts from what was asked for, what was read back, and what the journal has. Pure.</summary>
internal static class LedgerBuilder
{
    private const int LongestValue = 4_000;
    private const int LongestMessage = 2_000;

    /// <param name="desired">What was asked for.</param>
    /// <param name="observed">What was read back last.</param>
    /// <param name="journal">What was written.</param>
    /// <param name="setback">Why a knob could not be set to a value, or does not keep it; or null.</param>
    /// <param name="problem">Why nothing could be changed at all, or null.</param>
    public static IReadOnlyList<LedgerEntry> Build(
        Desired desired, Observation observed, JournalState journal, Func<string, string, Setback?> setback, string? problem)
    {
        var wished = desired.Wishes.Select(wish => wish.Knob is { } knob
            ? Contained.Try(
                () => Judge(knob, wish.Value, observed, journal.Find(knob.Path), setback, problem),
                reason => NotJudged(wish, KnobState.Failed, reason))
            : NotJudged(wish, wish.IsUnknown ? KnobState.Failed : KnobState.Refused, wish.Refusal));
        var stuck = journal.Entries
            .Where(entry => desired.PutBack(entry.Knob) && !desired.Wishes.Any(wish => wish.Path == entry.Knob))
            .Select(entry => Contained.Try(() => Stuck(entry, observed, setback), reason => NotBack(entry, entry.Prior, reason)));
        return [.. wished.Concat(stuck).OrderBy(entry => entry.Knob, StringComparer.Ordinal)];
    }

    private static LedgerEntry NotJudged(Wish wish, KnobState state, string? reason) => new()
    {
        Knob = wish.Path,
        Requested = Bounded(wish.Value, LongestValue)!,
        Evidence = wish.Knob?.Evidence ?? "spec",
        State = state,
        Message = Bounded(reason, LongestMessage),
    };

    private static LedgerEntry Judge(
        Knob knob, string wish, Observation observed, JournalEntry? journaled, Func<string, string, Setback?> setbacks, string? problem)
    {
        var reading = observed.Readings[knob.Path];
        var live = knob.Live(journaled, observed.BootId);
        var target = knob.Target(wish, live, reading);
        var setback = setbacks(knob.Path, target);
        var (state, message) = reading switch
        {
            { Kind: ReadingKind.Unsupported } => (KnobState.Unsupported, reading.Reason),
            { Kind: ReadingKind.Refused } => (KnobState.Refused, reading.Reason),
            { Kind: ReadingKind.Failed } => (KnobState.Failed, reading.Reason),
            _ when problem is not null && knob.Writable => (KnobState.Failed, problem),
            { Pending: { } pending } when knob.Same(reading.Value!, target) || !knob.Writable => (KnobState.RebootRequired, pending),
            { Value: { } found } when knob.Same(found, target) => (KnobState.InEffect, reading.Remark),
            _ when knob.Veto(reading, target, live) is { } veto => (KnobState.Refused, veto),
            _ when setback is not null => (setback.IsFight ? KnobState.Drifted : KnobState.Failed, setback.Reason),
            _ when live?.Verified is { } verified && knob.Same(verified, target) =>
                (
                KnobState.Drifted,
                knob.Writable
                    ? $"it was {target}, and something else made it {reading.Value}; find what did, or set drift: Repair"
                    : reading.Unmet?.Reason ?? knob.Shortfall(target, reading.Value!)),
            _ => reading.Unmet ?? (KnobState.Failed, knob.Shortfall(target, reading.Value!)),
        };
        var configured = reading.Configured ?? journaled?.Written;
        return new()
        {
            Knob = knob.Path,
            Requested = Bounded(wish, LongestValue)!,
            Configured = Bounded(configured, LongestValue),
            ConfiguredIn = configured is null ? null : reading.ConfiguredIn ?? reading.Source ?? knob.Evidence,
            PresentInThisBoot = reading.Present ?? live?.Written is not null,
            Effective = Bounded(reading.Value, LongestValue),
            Evidence = reading.Source ?? knob.Evidence,
            State = state,
            Message = Bounded(message, LongestMessage),
            Drifts = journaled?.Drifts,
        };
    }

    /// <summary>
    /// A status has an end, and some values have a part for each container, thread or interrupt. The cut text still differs where the
    /// whole one does.
    /// </summary>
    private static string? Bounded(string? text, int most) => text is null || text.Length <= most ? text
        : $"{text[..most]}… ({text.Length} characters, SHA-256 "
            + $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]})";

    /// <summary>A knob that left the spec and is not back at its prior value.</summary>
    private static LedgerEntry Stuck(JournalEntry entry, Observation observed, Func<string, string, Setback?> setbacks)
    {
        var knob = KnobTable.Find(entry.Knob);
        var reading = observed.Readings.GetValueOrDefault(entry.Knob);
        var prior = knob is null || reading is null ? entry.Prior : knob.PriorOf(entry, reading);
        var reason = knob is null
            ? "this agent does not know the knob: run the version that set it"
            : (reading is null ? null : knob.Veto(reading, prior, knob.Live(entry, observed.BootId)))
                ?? setbacks(entry.Knob, prior)?.Reason ?? reading?.Reason ?? "apply or restore puts it back";
        return NotBack(entry, prior, reason) with
        {
            PresentInThisBoot = entry.BootId == observed.BootId,
            Effective = Bounded(reading?.Value, LongestValue),
            Evidence = reading?.Source ?? knob?.Evidence ?? "journal",
        };
    }

    private static LedgerEntry NotBack(JournalEntry entry, string prior, string reason) => new()
    {
        Knob = entry.Knob,
        Requested = Bounded(prior, LongestValue)!,
        Configured = Bounded(entry.Written, LongestValue),
        Evidence = "journal",
        State = KnobState.Failed,
        Message = Bounded($"no longer asked for, and not back at its prior value \"{prior}\": {reason}", LongestMessage),
        Drifts = entry.Drifts,
    };
}

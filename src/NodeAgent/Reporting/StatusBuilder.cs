using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Ledger;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Reporting;

/// <summary>Makes the status of a NodeTuning from what a pass came to. Pure.</summary>
internal static class StatusBuilder
{
    private const int Named = 3;
    private const int LongestMessage = 600;
    private const string Whole = " (whole: latlab-agent verify, on the node)";

    /// <summary>The status while the tuning is wanted.</summary>
    public static NodeTuningStatus Tuned(
        TuningOutcome outcome, NodeEnvironment environment, IReadOnlyList<Condition> before, long? generation, DateTimeOffset now)
    {
        var (status, reason, message) = Effective(outcome);
        return Common(outcome, environment, generation) with
        {
            Conditions = Reboot(outcome, before.Where(c => c.Type != NodeTuningConditions.Restored), generation, now)
                .With(NodeTuningConditions.Effective, status, reason, message, generation, now),
        };
    }

    /// <summary>The status while the object is being deleted.</summary>
    public static NodeTuningStatus Restored(
        TuningOutcome outcome, NodeEnvironment environment, IReadOnlyList<Condition> before, long? generation, DateTimeOffset now)
    {
        var (status, reason, message) = outcome.IsWhole
            ? (
                ConditionStatus.True, NodeTuningConditions.ReasonRestored,
                "everything that latlab had changed on this node has its prior value, read back")
            : (ConditionStatus.False, NodeTuningConditions.ReasonRestoreFailed, Problems(outcome));
        return Common(outcome, environment, generation) with
        {
            Conditions = Reboot(outcome, before, generation, now)
                .With(
                    NodeTuningConditions.Effective, ConditionStatus.False, NodeTuningConditions.ReasonKnobsNotInEffect,
                    "the tuning is being taken back", generation, now)
                .With(NodeTuningConditions.Restored, status, reason, message, generation, now),
        };
    }

    /// <summary>The status with what looks at noise and around a run found.</summary>
    public static NodeTuningStatus WithLooks(NodeTuningStatus status, NodeTuningSpec spec, NoiseStatus? noise, Interference? interference, DateTimeOffset now)
    {
        var conditions = status.Conditions.Where(condition => condition.Type != NodeTuningConditions.Quiet);
        return status with
        {
            Noise = noise,
            Interference = interference,
            Conditions = noise?.After is { } after && LengthOfTime.TryParse(spec.NoiseCheck?.MaxGap, out var limit)
                ? Quiet(after, limit) is var (quiet, reason, message)
                    ? status.Conditions.With(NodeTuningConditions.Quiet, quiet, reason, message, after.Generation, now)
                    : []
                : [.. conditions],
        };
    }

    private static (ConditionStatus Status, string Reason, string Message) Quiet(NoiseFinding found, TimeSpan limit) => found switch
    {
        { Problem: { } problem } => (ConditionStatus.Unknown, NodeTuningConditions.ReasonLookFailed, problem),
        { MaxGapNs: { } gap } when gap <= limit.TotalNanoseconds =>
            (ConditionStatus.True, NodeTuningConditions.ReasonWithinLimit, $"the longest gap on CPUs {found.Cpus} was {gap} ns"),
        _ => (ConditionStatus.False, NodeTuningConditions.ReasonGapTooLong,
            $"the longest gap was {found.MaxGapNs} ns on CPU {found.Worst[0].Cpu}, meanwhile there: {found.Worst[0].Interrupts ?? "no interrupt"}; see status.noise for all"),
    };

    /// <summary>Where boot files were never written there is no such condition.</summary>
    private static IEnumerable<Condition> Reboot(TuningOutcome outcome, IEnumerable<Condition> before, long? generation, DateTimeOffset now) => outcome.RebootPending switch
    {
        true => before.With(
            NodeTuningConditions.RebootRequired, ConditionStatus.True, NodeTuningConditions.ReasonBootConfigurationStaged,
            "the boot configuration is written, and the running kernel was booted with another one", generation, now),
        false when before.Get(NodeTuningConditions.RebootRequired) is not null => before.With(
            NodeTuningConditions.RebootRequired, ConditionStatus.False, NodeTuningConditions.ReasonNothingStaged,
            "a reboot would change nothing of what latlab wrote", generation, now),
        false => before,
    };

    private static NodeTuningStatus Common(TuningOutcome outcome, NodeEnvironment environment, long? generation) => new()
    {
        ObservedGeneration = generation,
        BootId = outcome.BootId,
        InEffect = $"{outcome.InEffect}/{outcome.Ledger.Count}",
        Drifts = outcome.Journal.Drifts,
        LedgerDigest = LedgerDigest.Of(outcome.Ledger),
        Ledger = LedgerTexts.Bounded(outcome.Ledger),
        Environment = environment,
    };

    private static (ConditionStatus Status, string Reason, string Message) Effective(TuningOutcome outcome) => outcome switch
    {
        { IsWhole: true } => (
            ConditionStatus.True, NodeTuningConditions.ReasonAllInEffect,
            $"{outcome.InEffect} of {outcome.Ledger.Count} knobs in effect, read back"),
        _ when outcome.Ledger.All(e => e.State is KnobState.InEffect or KnobState.Drifted) && outcome.Problem is null =>
            (ConditionStatus.False, NodeTuningConditions.ReasonDrifted, Problems(outcome)),
        _ when outcome.Ledger.All(e => e.State is KnobState.InEffect or KnobState.RebootRequired) && outcome.Problem is null =>
            (ConditionStatus.False, NodeTuningConditions.ReasonRebootRequired, Problems(outcome)),
        _ => (ConditionStatus.False, NodeTuningConditions.ReasonKnobsNotInEffect, Problems(outcome)),
    };

    private static string Problems(TuningOutcome outcome)
    {
        if (outcome.Problem is not null)
        {
            return outcome.Problem.Shortened(LongestMessage, Whole);
        }

        var bad = outcome.Ledger.Where(entry => entry.State != KnobState.InEffect).ToList();
        var each = LongestMessage / Math.Clamp(bad.Count, 1, Named);
        var named = string.Join("; ", bad.Take(Named).Select(entry => $"{entry.Knob} {entry.State}: {entry.Message}".Shortened(each, Whole)));
        return bad.Count > Named ? $"{named}; and {bad.Count - Named} more, see status.ledger" : named;
    }
}

using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Experiments;

/// <summary>Makes the status of an experiment from its runs, pure.</summary>
internal sealed class ExperimentStatusBuilder(V1Alpha1LatencyExperiment experiment, IReadOnlyList<V1Alpha1LatencyRun> runs, DateTimeOffset now)
{
    private readonly IReadOnlyList<Condition> _last = experiment.Status?.Conditions ?? [];
    private readonly int _objectives = experiment.Spec?.Measurement?.Objectives?.Count ?? 0;

    /// <summary>
    /// Runs that were made, also those past a number of repetitions that was lowered since, and those that are still to be made.
    /// </summary>
    private readonly int _total = runs.Count + Missing(experiment.Spec?.Repetitions ?? 1, runs);

    public LatencyExperimentStatus Refused(IReadOnlyList<Refusal> refusals) => Build(
        Accepted(ConditionStatus.False, ExperimentConditions.ReasonInvalid, Refusal.Message(refusals)), experiment.Status?.NodeName);

    /// <summary>
    /// An experiment that is complete keeps its results, and says so when its spec is no longer the one that was measured.
    /// </summary>
    public LatencyExperimentStatus Over(Refusal? change) => experiment.Status! with
    {
        ObservedGeneration = experiment.Metadata.Generation,
        Conditions = change is null
            ? Accepted(ConditionStatus.True, ExperimentConditions.ReasonValid, "the spec is the one that was measured")
            : Accepted(ConditionStatus.False, ExperimentConditions.ReasonInvalid, change.ToString()),
    };

    public LatencyExperimentStatus WaitingForNode(string? node, string why) => Build(
        NodeReady(ConditionStatus.False, ExperimentConditions.ReasonWaitingForTuning, why), node ?? experiment.Status?.NodeName);

    public LatencyExperimentStatus Running(string? node = null) => Build(
        NodeReady(ConditionStatus.True, ExperimentConditions.ReasonTuningInEffect, "the node's tuning was in effect when the last run was made"),
        node ?? runs.Select(r => r.Spec.NodeName).FirstOrDefault() ?? experiment.Status?.NodeName);

    private IReadOnlyList<Condition> Accepted(ConditionStatus status, string reason, string message) =>
        _last.With(ExperimentConditions.Accepted, status, reason, message, experiment.Metadata.Generation, now);

    private IReadOnlyList<Condition> NodeReady(ConditionStatus status, string reason, string message) =>
        Accepted(ConditionStatus.True, ExperimentConditions.ReasonValid, "the spec can be carried out")
            .With(ExperimentConditions.NodeReady, status, reason, message, experiment.Metadata.Generation, now);

    private LatencyExperimentStatus Build(IReadOnlyList<Condition> conditions, string? node)
    {
        var counts = new RunCounts
        {
            Active = runs.Count(r => !RunOutcome.HasEnded(r)),
            Complete = runs.Count(r => r.Status?.Phase == RunPhase.Complete),
            Invalid = runs.Count(r => r.Status?.Phase == RunPhase.Invalid),
            Failed = runs.Count(r => r.Status?.Phase == RunPhase.Failed),
        };
        var valid = runs.Where(RunOutcome.IsValid).ToList();
        var ended = counts.Active == 0 && runs.Count == _total;
        return new LatencyExperimentStatus
        {
            ObservedGeneration = experiment.Metadata.Generation,
            Phase = Phase(counts, ended),
            NodeName = node,
            Runs = counts,
            Valid = $"{valid.Count}/{_total}",
            Median = Medians.Of([.. valid.Select(r => r.Status!.Results!)]),
            Conditions = Outcome(conditions, counts, ended, valid),
        };
    }

    private static ExperimentPhase Phase(RunCounts counts, bool ended) => (ended, counts) switch
    {
        (true, { Failed: > 0 }) => ExperimentPhase.Failed,
        (true, { Invalid: > 0 }) => ExperimentPhase.Invalid,
        (true, _) => ExperimentPhase.Complete,
        (false, { Active: 0, Complete: 0, Invalid: 0, Failed: 0 }) => ExperimentPhase.Pending,
        _ => ExperimentPhase.Running,
    };

    private static int Missing(int repetitions, IReadOnlyList<V1Alpha1LatencyRun> runs)
    {
        // One that is refused for wishing none has not ended.
        var wished = Math.Max(1, repetitions);
        return wished - runs.Count(r => r.Spec.Repetition <= wished);
    }

    private IReadOnlyList<Condition> Outcome(IReadOnlyList<Condition> conditions, RunCounts counts, bool ended, List<V1Alpha1LatencyRun> valid)
    {
        var bad = runs.FirstOrDefault(r => r.Status?.Phase is RunPhase.Failed or RunPhase.Invalid);
        var (measured, reason, message) = (bad, valid.Count == _total) switch
        {
            (not null, _) => (ConditionStatus.False, ExperimentConditions.ReasonRunsWithoutResult,
                $"{counts.Failed} runs failed, {counts.Invalid} are invalid; run \"{bad.Metadata.Name}\": {bad.Status?.Conditions.Get(RunConditions.Measured)?.Message}"),
            (null, true) => (ConditionStatus.True, ExperimentConditions.ReasonAllRunsValid, $"all {_total} runs have a valid result"),
            _ => (ConditionStatus.Unknown, ExperimentConditions.ReasonRunning, $"{valid.Count} of {_total} runs have a valid result so far"),
        };
        return Objectives(conditions, ended, valid)
            .With(ExperimentConditions.Measured, measured, reason, message, experiment.Metadata.Generation, now)
            .With(
                ExperimentConditions.Complete,
                ended ? ConditionStatus.True : ConditionStatus.False,
                ended ? ExperimentConditions.ReasonAllRunsEnded : ExperimentConditions.ReasonRunning,
                ended ? $"all {_total} runs ended" : $"{counts.Complete + counts.Invalid + counts.Failed} of {_total} runs ended",
                experiment.Metadata.Generation,
                now);
    }

    /// <summary>One run that misses settles it. That they are met is known only when every run has a valid result.</summary>
    private IReadOnlyList<Condition> Objectives(IReadOnlyList<Condition> conditions, bool ended, List<V1Alpha1LatencyRun> valid)
    {
        var missed = valid.FirstOrDefault(r => r.Status!.Objectives.Any(o => !o.Met));
        var met = $"met in {valid.Count} of {_total} runs";
        var (status, reason, message) = (_objectives, missed) switch
        {
            (0, _) => (ConditionStatus.Unknown, ExperimentConditions.ReasonNone, "no objectives were set"),
            (_, not null) => (ConditionStatus.False, ExperimentConditions.ReasonMissed,
                $"run \"{missed.Metadata.Name}\": {missed.Status!.Conditions.Get(RunConditions.ObjectivesMet)?.Message}"),
            _ when !ended => (ConditionStatus.Unknown, ExperimentConditions.ReasonRunning, $"{met} so far"),
            _ when valid.Count < _total => (ConditionStatus.Unknown, ExperimentConditions.ReasonRunsWithoutResult, $"{met}; the others have no valid result"),
            _ => (ConditionStatus.True, ExperimentConditions.ReasonMet, $"met in all {_total} runs"),
        };
        return conditions.With(ExperimentConditions.ObjectivesMet, status, reason, message, experiment.Metadata.Generation, now);
    }
}

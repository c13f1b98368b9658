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

    public LatencyExperimentStatus Refused(IReadOnlyList<Refusal> refusals) => Build(
        Accepted(ConditionStatus.False, ExperimentConditions.ReasonInvalid, string.Join("; ", refusals)), experiment.Status?.NodeName);

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
        var wished = experiment.Spec.Repetitions;
        var valid = runs.Where(RunOutcome.IsValid).ToList();
        var ended = counts.Complete + counts.Invalid + counts.Failed == wished;
        return new LatencyExperimentStatus
        {
            ObservedGeneration = experiment.Metadata.Generation,
            Phase = Phase(counts, ended),
            NodeName = node,
            Runs = counts,
            Valid = $"{valid.Count}/{wished}",
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

    private IReadOnlyList<Condition> Outcome(IReadOnlyList<Condition> conditions, RunCounts counts, bool ended, List<V1Alpha1LatencyRun> valid)
    {
        var wished = experiment.Spec.Repetitions;
        var bad = runs.FirstOrDefault(r => r.Status?.Phase is RunPhase.Failed or RunPhase.Invalid);
        var (measured, reason, message) = (bad, valid.Count == wished) switch
        {
            (not null, _) => (ConditionStatus.False, ExperimentConditions.ReasonRunsWithoutResult,
                $"{counts.Failed} runs failed, {counts.Invalid} are invalid; run \"{bad.Metadata.Name}\": {bad.Status?.Conditions.Get(RunConditions.Measured)?.Message}"),
            (null, true) => (ConditionStatus.True, ExperimentConditions.ReasonAllRunsValid, $"all {wished} runs have a valid result"),
            _ => (ConditionStatus.Unknown, ExperimentConditions.ReasonRunning, $"{valid.Count} of {wished} runs have a valid result so far"),
        };
        return Objectives(conditions, valid)
            .With(ExperimentConditions.Measured, measured, reason, message, experiment.Metadata.Generation, now)
            .With(
                ExperimentConditions.Complete,
                ended ? ConditionStatus.True : ConditionStatus.False,
                ended ? ExperimentConditions.ReasonAllRunsEnded : ExperimentConditions.ReasonRunning,
                ended ? $"all {wished} runs ended" : $"{counts.Complete + counts.Invalid + counts.Failed} of {wished} runs ended",
                experiment.Metadata.Generation,
                now);
    }

    private IReadOnlyList<Condition> Objectives(IReadOnlyList<Condition> conditions, List<V1Alpha1LatencyRun> valid)
    {
        var missed = valid.FirstOrDefault(r => r.Status!.Objectives.Any(o => !o.Met));
        var (status, reason, message) = (experiment.Spec.Measurement.Objectives.Count, valid.Count, missed) switch
        {
            (0, _, _) => (ConditionStatus.Unknown, ExperimentConditions.ReasonNone, "no objectives were set"),
            (_, 0, _) => (ConditionStatus.Unknown, ExperimentConditions.ReasonRunning, "no run has a valid result yet"),
            (_, _, null) => (ConditionStatus.True, ExperimentConditions.ReasonMet, $"met in all {valid.Count} valid runs"),
            _ => (ConditionStatus.False, ExperimentConditions.ReasonMissed,
                $"run \"{missed.Metadata.Name}\": {missed.Status!.Conditions.Get(RunConditions.ObjectivesMet)?.Message}"),
        };
        return conditions.With(ExperimentConditions.ObjectivesMet, status, reason, message, experiment.Metadata.Generation, now);
    }
}

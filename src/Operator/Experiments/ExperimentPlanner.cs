using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Experiments;

/// <summary>Makes one run after the other, pure. An experiment that is over makes no more, even when somebody deletes its runs.</summary>
internal static class ExperimentPlanner
{
    private static readonly LatencyExperimentValidator Validator = new();

    public static ExperimentPlan Plan(ExperimentObservation observed, OperatorSettings settings, DateTimeOffset now)
    {
        var experiment = observed.Experiment;
        var status = new ExperimentStatusBuilder(experiment, observed.Runs, now);
        var isOver = experiment.Status?.Conditions.IsTrue(ExperimentConditions.Complete) == true;
        if (experiment.Metadata.DeletionTimestamp is not null || (isOver && experiment.Status!.ObservedGeneration == experiment.Metadata.Generation))
        {
            return new ExperimentPlan(experiment.Status ?? new LatencyExperimentStatus());
        }

        var refusals = Validator.Refusals(experiment.Spec);
        if (isOver)
        {
            return new ExperimentPlan(status.Over(refusals is [var refusal, ..] ? refusal : SpecChange.AfterEnd(experiment, observed.Runs)));
        }

        if (refusals.Count > 0)
        {
            return new ExperimentPlan(status.Refused(refusals));
        }

        if (SpecChange.Refusal(experiment, observed.Runs) is { } change)
        {
            return new ExperimentPlan(status.Refused([change]));
        }

        var active = observed.Runs.FirstOrDefault(r => !RunOutcome.HasEnded(r));
        var next = NextRepetition(observed);
        if (active is not null || next is null)
        {
            return new ExperimentPlan(status.Running());
        }

        return PlanNext(observed, next.Value, status, settings);
    }

    private static ExperimentPlan PlanNext(ExperimentObservation observed, int repetition, ExperimentStatusBuilder status, OperatorSettings settings)
    {
        var spec = observed.Experiment.Spec;
        var refusals = ExperimentReferences.CheckTunedNode(observed, settings);
        if (refusals.Count > 0)
        {
            return new ExperimentPlan(status.Refused(refusals));
        }

        if (ChooseNode(observed) is not { } tuning)
        {
            return new ExperimentPlan(status.WaitingForNode(
                null, $"no node of TunedNode \"{spec.TunedNode}\" {(spec.NodeName is null ? "" : $"is called \"{spec.NodeName}\" or ")}is being tuned yet"));
        }

        var node = tuning.Metadata.Name;
        refusals = ExperimentReferences.CheckNode(observed, node);
        if (refusals.Count > 0)
        {
            return new ExperimentPlan(status.Refused(refusals));
        }

        if (tuning.Spec.TunedNode.Generation != observed.TunedNode!.Metadata.Generation || !NodeTuningState.IsEffective(tuning))
        {
            return new ExperimentPlan(status.WaitingForNode(
                node, $"the tuning of node \"{node}\" is not in effect: {tuning.Status?.Conditions.Get(NodeTuningConditions.Effective)?.Message ?? "its agent has not reported yet"}"));
        }

        return new ExperimentPlan(status.Running(node), RunBuilder.Build(observed.Experiment, observed.TunedNode, node, repetition));
    }

    /// <summary>The lowest repetition that has no run; null when all have one.</summary>
    private static int? NextRepetition(ExperimentObservation observed)
    {
        var made = observed.Runs.Select(r => r.Spec.Repetition).ToHashSet();
        var next = Enumerable.Range(1, observed.Experiment.Spec.Repetitions).FirstOrDefault(n => !made.Contains(n));
        return next == 0 ? null : next;
    }

    /// <summary>All repetitions use one node: that of the first run, else the one named, else the first by name.</summary>
    private static V1Alpha1NodeTuning? ChooseNode(ExperimentObservation observed)
    {
        var wanted = observed.Runs.Select(r => r.Spec.NodeName).FirstOrDefault() ?? observed.Experiment.Spec.NodeName;
        return observed.Tunings
            .Where(t => t.Metadata.DeletionTimestamp is null && t.Spec.TunedNode.Uid == observed.TunedNode!.Metadata.Uid)
            .Where(t => wanted is null || t.Metadata.Name == wanted)
            .OrderBy(t => t.Metadata.Name, StringComparer.Ordinal)
            .FirstOrDefault();
    }
}

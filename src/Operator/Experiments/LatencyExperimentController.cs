using k8s;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Experiments;

/// <summary>Makes the runs of experiments and sums up their results.</summary>
[EntityRbac(typeof(V1Alpha1LatencyExperiment), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Alpha1LatencyExperiment), Subresource = "status", Verbs = RbacVerb.Update)]
[EntityRbac(typeof(V1Alpha1LatencyRun), Verbs = RbacVerb.Create)]
internal sealed class LatencyExperimentController(
    ExperimentObserver observer, IEntityClient client, IEventPublisher events, OperatorSettings settings, TimeProvider clock)
    : IReconciler<V1Alpha1LatencyExperiment>
{
    /// <summary>When to ask again for a run whose name an older experiment's run still has.</summary>
    private static readonly TimeSpan NameTaken = TimeSpan.FromSeconds(2);

    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1LatencyExperiment entity, CancellationToken cancellationToken)
    {
        var plan = ExperimentPlanner.Plan(observer.Read(entity), settings, clock.GetUtcNow());
        if (entity.Status is null || KubernetesJson.Serialize(entity.Status) != KubernetesJson.Serialize(plan.Status))
        {
            var updated = await client.UpdateStatusAsync(WithStatus(entity, plan.Status), cancellationToken);
            Tell(updated, entity.Status, plan.Status);
        }

        if (plan.NextRun is not { } run)
        {
            return ReconciliationResult.Success();
        }

        if (await client.TryCreateAsync(run, cancellationToken) is null)
        {
            // Ours, made a moment ago and not in the cache yet; or of an experiment of the same name that is being deleted.
            return ReconciliationResult.Success(NameTaken);
        }

        events.Publish(entity, EventType.Normal, "RunCreated", $"Created run {run.Metadata.Name}");
        return ReconciliationResult.Success();
    }

    /// <summary>An event for each condition that changed for good or bad.</summary>
    private void Tell(V1Alpha1LatencyExperiment experiment, LatencyExperimentStatus? before, LatencyExperimentStatus after)
    {
        foreach (var condition in after.Conditions.Where(c => c.Status != ConditionStatus.Unknown && c.Reason != ExperimentConditions.ReasonRunning))
        {
            var last = before?.Conditions.Get(condition.Type);
            if (last?.Status != condition.Status || last.Reason != condition.Reason)
            {
                events.Publish(
                    experiment,
                    condition.Status == ConditionStatus.True ? EventType.Normal : EventType.Warning,
                    condition.Type + condition.Reason,
                    condition.Message);
            }
        }
    }

    private static V1Alpha1LatencyExperiment WithStatus(V1Alpha1LatencyExperiment experiment, LatencyExperimentStatus status) =>
        new() { Metadata = experiment.Metadata, Spec = experiment.Spec, Status = status };
}

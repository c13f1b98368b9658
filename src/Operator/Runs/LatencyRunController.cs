using k8s;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Takes runs through their phases.</summary>
[EntityRbac(typeof(V1Alpha1LatencyRun), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch | RbacVerb.Patch)]
[EntityRbac(typeof(V1Alpha1LatencyRun), Subresource = "status", Verbs = RbacVerb.Update)]
internal sealed class LatencyRunController(
    RunObserver observer, RunApplier applier, PodLogReader logs, IEntityClient client, IEventPublisher events, OperatorSettings settings, TimeProvider clock)
    : IReconciler<V1Alpha1LatencyRun>
{
    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1LatencyRun entity, CancellationToken cancellationToken)
    {
        var observed = observer.Read(entity);
        var plan = RunPlanner.Plan(observed, settings, clock.GetUtcNow());
        if (plan.LogsOf is { } role)
        {
            plan = plan with { Status = plan.Status.WithLogs(await logs.LastLinesAsync(role, entity, cancellationToken)) };
        }

        if (!StatusEquals(entity.Status, plan.Status))
        {
            // The resource version makes this fail when the run has moved on since the cache last heard of it: nothing is done on stale
            // knowledge.
            entity = await client.UpdateStatusAsync(WithStatus(entity, plan.Status), cancellationToken);
            foreach (var line in plan.Events)
            {
                events.Publish(entity, line.Type, line.Reason, line.Message);
            }
        }

        var done = await applier.ApplyAsync(entity, plan.Steps, cancellationToken);
        return ReconciliationResult.Success(done || plan.NextLook < RunDeadlines.LookAgain ? plan.NextLook : RunDeadlines.LookAgain);
    }

    private static bool StatusEquals(LatencyRunStatus? left, LatencyRunStatus right) =>
        left is not null && KubernetesJson.Serialize(left) == KubernetesJson.Serialize(right);

    private static V1Alpha1LatencyRun WithStatus(V1Alpha1LatencyRun run, LatencyRunStatus status) =>
        new() { Metadata = run.Metadata, Spec = run.Spec, Status = status };
}

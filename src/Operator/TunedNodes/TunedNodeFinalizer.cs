using Latlab.Crds;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Lets a TunedNode go when all of its nodes are restored.</summary>
[EntityRbac(typeof(V1Alpha1TunedNode), Verbs = RbacVerb.Patch)]
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.List)]
internal sealed class TunedNodeFinalizer(TunedNodeObserver observer, TunedNodeApplier applier, IEntityClient client, TimeProvider clock)
    : IEntityFinalizer<V1Alpha1TunedNode>
{
    /// <summary>Its next look, should no event come.</summary>
    private static readonly TimeSpan NextLook = TimeSpan.FromMinutes(1);

    public string Name => ApiGroup.Name + "/restore-nodes";

    public async Task<ReconciliationResult> FinalizeAsync(V1Alpha1TunedNode entity, CancellationToken cancellationToken)
    {
        var observed = observer.Read(entity);
        var plan = TunedNodePlanner.PlanDeletion(observed, clock.GetUtcNow());
        if (plan.Remaining == 0)
        {
            // The cache may not have a NodeTuning that was made a moment ago. Nothing would restore its node when this is gone.
            observed = observed with { Tunings = await client.ListAsync<V1Alpha1NodeTuning>(null, cancellationToken) };
            plan = TunedNodePlanner.PlanDeletion(observed, clock.GetUtcNow());
        }

        await applier.ApplyAsync(entity, plan, cancellationToken);
        return ReconciliationResult.Success(plan.Remaining > 0 ? NextLook : null);
    }
}

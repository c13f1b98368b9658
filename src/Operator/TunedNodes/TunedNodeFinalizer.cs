using Latlab.Crds;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Lets a TunedNode go when all of its nodes are restored.</summary>
[EntityRbac(typeof(V1Alpha1TunedNode), Verbs = RbacVerb.Patch)]
internal sealed class TunedNodeFinalizer(TunedNodeObserver observer, TunedNodeApplier applier, TimeProvider clock) : IEntityFinalizer<V1Alpha1TunedNode>
{
    /// <summary>Its next look, should no event come.</summary>
    private static readonly TimeSpan NextLook = TimeSpan.FromMinutes(1);

    public string Name => ApiGroup.Name + "/restore-nodes";

    public async Task<ReconciliationResult> FinalizeAsync(V1Alpha1TunedNode entity, CancellationToken cancellationToken)
    {
        var plan = TunedNodePlanner.PlanDeletion(observer.Read(entity), clock.GetUtcNow());
        await applier.ApplyAsync(entity, plan, cancellationToken);
        return ReconciliationResult.Success(plan.Remaining > 0 ? NextLook : null);
    }
}

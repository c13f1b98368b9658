using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Keeps one NodeTuning for each node of a TunedNode.</summary>
internal sealed class TunedNodeController(TunedNodeObserver observer, TunedNodeApplier applier, TimeProvider clock) : IReconciler<V1Alpha1TunedNode>
{
    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1TunedNode entity, CancellationToken cancellationToken)
    {
        await applier.ApplyAsync(entity, TunedNodePlanner.Plan(observer.Read(entity), clock.GetUtcNow()), cancellationToken);
        return ReconciliationResult.Success();
    }
}

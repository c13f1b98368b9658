using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Lets a deleted NodeTuning go when its node is restored, or has left the cluster.</summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Patch)]
internal sealed class NodeTuningController(IEntityCache<V1Node> nodes, IEntityClient client) : IReconciler<V1Alpha1NodeTuning>
{
    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1NodeTuning entity, CancellationToken cancellationToken)
    {
        if (MayGo(entity, nodes.Get(null, entity.Metadata.Name) is not null))
        {
            await client.RemoveFinalizerAsync(entity, NodeTuningResource.RestoreFinalizer, cancellationToken);
        }

        return ReconciliationResult.Success();
    }

    internal static bool MayGo(V1Alpha1NodeTuning tuning, bool nodeExists) =>
        tuning.Metadata.DeletionTimestamp is not null && (!nodeExists || tuning.Status?.Conditions.IsTrue(NodeTuningConditions.Restored) == true);
}

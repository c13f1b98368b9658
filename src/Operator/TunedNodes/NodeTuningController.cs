using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Lets a deleted NodeTuning go when its node is restored, or has left the cluster. Deletes one whose TunedNode is gone.</summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Patch | RbacVerb.Delete)]
[EntityRbac(typeof(V1Alpha1TunedNode), Verbs = RbacVerb.Get)]
internal sealed class NodeTuningController(
    IEntityCache<V1Node> nodes, IEntityCache<V1Alpha1TunedNode> tunedNodes, NodeHolders holders, IEntityClient client, IEventPublisher events, NoiseMetrics noise)
    : IReconciler<V1Alpha1NodeTuning>
{
    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1NodeTuning entity, CancellationToken cancellationToken)
    {
        noise.Set(entity);
        if (MayGo(entity, nodes.Get(null, entity.Metadata.Name) is not null))
        {
            await client.RemoveFinalizerAsync(entity, NodeTuningResource.RestoreFinalizer, cancellationToken);
        }
        else if (entity.Metadata.DeletionTimestamp is null && await IsOrphanAsync(entity, cancellationToken) && !holders.IsHeld(entity.Metadata.Name))
        {
            var tunedNode = entity.Spec.TunedNode.Name;
            events.Publish(entity, EventType.Normal, "Restoring", $"TunedNode {tunedNode} is gone; the node is being restored");
            await client.DeleteAsync<V1Alpha1NodeTuning>(null, entity.Metadata.Name, entity.Metadata.Uid, cancellationToken);
        }

        return ReconciliationResult.Success();
    }

    internal static bool MayGo(V1Alpha1NodeTuning tuning, bool nodeExists) =>
        tuning.Metadata.DeletionTimestamp is not null && (!nodeExists || tuning.Status?.Conditions.IsTrue(NodeTuningConditions.Restored) == true);

    /// <summary>
    /// Whether its TunedNode is gone, e.g. as somebody took its finalizer off. The cache may be behind, and a node that is restored by mistake is out of tune:
    /// so the API server is asked, too.
    /// </summary>
    private async Task<bool> IsOrphanAsync(V1Alpha1NodeTuning tuning, CancellationToken cancellationToken)
    {
        var (name, uid) = (tuning.Spec.TunedNode.Name, tuning.Spec.TunedNode.Uid);
        return tunedNodes.Get(null, name)?.Metadata.Uid != uid
            && (await client.GetAsync<V1Alpha1TunedNode>(null, name, cancellationToken))?.Metadata.Uid != uid;
    }
}

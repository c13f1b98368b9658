using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// Lets a deleted NodeTuning go when its node is restored, down to the running kernel where that can be, or has left the cluster. Deletes
/// one whose TunedNode is gone.
/// </summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Patch | RbacVerb.Delete)]
[EntityRbac(typeof(V1Alpha1TunedNode), Verbs = RbacVerb.Get)]
internal sealed class NodeTuningController(
    IEntityCache<V1Node> nodes,
    IEntityCache<V1Alpha1TunedNode> tunedNodes,
    NodeHolders holders,
    RebootObserver reboots,
    RebootApplier applier,
    INodeActions actions,
    IEntityClient client,
    IEventPublisher events,
    NoiseMetrics noise,
    OperatorSettings settings,
    TimeProvider clock) : IReconciler<V1Alpha1NodeTuning>
{
    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1NodeTuning entity, CancellationToken cancellationToken)
    {
        noise.Set(entity);
        var node = nodes.Get(null, entity.Metadata.Name);
        if (MayGo(entity, node is not null))
        {
            return await LetGoAsync(entity, node, cancellationToken);
        }

        if (entity.Metadata.DeletionTimestamp is null && await IsOrphanAsync(entity, cancellationToken) && !holders.IsHeld(entity.Metadata.Name))
        {
            var tunedNode = entity.Spec.TunedNode.Name;
            events.Publish(entity, EventType.Normal, "Restoring", $"TunedNode {tunedNode} is gone; the node is being restored");
            await client.DeleteAsync<V1Alpha1NodeTuning>(null, entity.Metadata.Name, entity.Metadata.Uid, cancellationToken);
        }

        return ReconciliationResult.Success();
    }

    internal static bool MayGo(V1Alpha1NodeTuning tuning, bool nodeExists) =>
        tuning.Metadata.DeletionTimestamp is not null && (!nodeExists || tuning.Status?.Conditions.IsTrue(NodeTuningConditions.Restored) == true);

    /// <summary>What its files and knobs were, the node has back; what it was booted with may still be there.</summary>
    private async Task<ReconciliationResult> LetGoAsync(V1Alpha1NodeTuning tuning, V1Node? node, CancellationToken cancellationToken)
    {
        var tunedNode = tunedNodes.Get(null, tuning.Spec.TunedNode.Name) is { } known && known.Metadata.Uid == tuning.Spec.TunedNode.Uid ? known : null;
        var farewell = node is not null ? Farewell(tuning, tunedNode) : new RebootFarewell(true);
        if (!farewell.MayGo)
        {
            return ReconciliationResult.Success(RebootTimes.Look);
        }

        if (node is not null && settings.AllowReboots)
        {
            await applier.GiveBackAsync(tuning, cancellationToken);
            await actions.UntaintAsync(tuning.Metadata.Name, cancellationToken);
        }

        Tell("RebootLeftOut", farewell.Remark);
        // Nobody says it any more once this is gone.
        Tell("KubeletRestartNeeded", node is not null && KubeletHugePages.Miscounted(tuning.Status!, node) is { } miscounted
            ? $"{miscounted}; it counts them when it starts"
            : null);
        await client.RemoveFinalizerAsync(tuning, NodeTuningResource.RestoreFinalizer, cancellationToken);
        return ReconciliationResult.Success();

        void Tell(string reason, string? remark)
        {
            if (remark is not null)
            {
                events.Publish(tuning, EventType.Warning, reason, remark);
                if (tunedNode is not null)
                {
                    events.Publish(tunedNode, EventType.Warning, reason, $"Node {tuning.Metadata.Name}: {remark}");
                }
            }
        }
    }

    private RebootFarewell Farewell(V1Alpha1NodeTuning tuning, V1Alpha1TunedNode? tunedNode)
    {
        if (tuning.Status?.Conditions.IsTrue(NodeTuningConditions.RebootRequired) != true && !RebootRecord.Of(tuning).HoldsSlot)
        {
            // The usual case; a look at all nodes for each of thousands would take long.
            return new RebootFarewell(true);
        }

        var observed = tunedNode is null ? null : reboots.Read(tunedNode);
        return observed?.Nodes.FirstOrDefault(node => node.Tuning?.Metadata.Uid == tuning.Metadata.Uid) is { } own
            ? RebootFarewell.Of(own, observed, clock.GetUtcNow())
            : RebootFarewell.WithoutReboot(tuning, "its TunedNode is gone, and with it what would let the node be rebooted");
    }

    /// <summary>
    /// Whether its TunedNode is gone, e.g. as somebody took its finalizer off. The cache may be behind, and a node that is restored by
    /// mistake is out of tune: so the API server is asked, too.
    /// </summary>
    private async Task<bool> IsOrphanAsync(V1Alpha1NodeTuning tuning, CancellationToken cancellationToken)
    {
        var (name, uid) = (tuning.Spec.TunedNode.Name, tuning.Spec.TunedNode.Uid);
        return tunedNodes.Get(null, name)?.Metadata.Uid != uid
            && (await client.GetAsync<V1Alpha1TunedNode>(null, name, cancellationToken))?.Metadata.Uid != uid;
    }
}

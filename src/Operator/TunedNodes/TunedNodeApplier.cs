using k8s;
using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Writes NodeTunings and the TunedNode's status.</summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Create | RbacVerb.Update | RbacVerb.Delete)]
[EntityRbac(typeof(V1Alpha1TunedNode), Subresource = "status", Verbs = RbacVerb.Update)]
internal sealed class TunedNodeApplier(IEntityClient client, IEntityCache<V1Alpha1NodeTuning> tunings, IEventPublisher events)
{
    private const int NodesInEvent = 3;

    /// <summary>A thousand nodes one after the other would take as many round trips.</summary>
    private const int WritesAtOnce = 8;

    public async Task ApplyAsync(V1Alpha1TunedNode tunedNode, TunedNodePlan plan, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(
            plan.Apply,
            new ParallelOptions { MaxDegreeOfParallelism = WritesAtOnce, CancellationToken = cancellationToken },
            async (wish, token) => await WriteAsync(tunedNode, wish, token));

        foreach (var tuning in plan.RestartKubelet)
        {
            await client.ReplaceAsync(tuning, cancellationToken);
            events.Publish(tuning, EventType.Normal, TunedNodeConditions.ReasonRestartingKubelet, "Its agent may restart kubelet, which does not know the hugepages that there are");
        }

        foreach (var release in plan.Delete)
        {
            await client.DeleteAsync<V1Alpha1NodeTuning>(null, release.NodeName, release.Uid, cancellationToken);
        }

        if (plan.Delete.Count > 0)
        {
            // One for all: a thousand nodes would be a thousand events.
            var named = string.Join(", ", plan.Delete.Take(NodesInEvent).Select(release => release.NodeName));
            var others = plan.Delete.Count - NodesInEvent;
            events.Publish(tunedNode, EventType.Normal, "Restoring", $"To be restored: node {named}{(others > 0 ? $" and {others} more" : "")}");
        }

        if (tunedNode.Status is null || KubernetesJson.Serialize(tunedNode.Status) != KubernetesJson.Serialize(plan.Status))
        {
            await client.UpdateStatusAsync(WithStatus(tunedNode, plan.Status), cancellationToken);
            Tell(tunedNode, plan.Status);
        }
    }

    /// <summary>
    /// Creates or replaces. Not by server-side apply: an API server of 1.20 makes null of an applied list that became empty, and refuses
    /// it.
    /// </summary>
    private async Task WriteAsync(V1Alpha1TunedNode tunedNode, NodeWish wish, CancellationToken cancellationToken)
    {
        if (tunings.Get(null, wish.NodeName) is { } current)
        {
            await client.ReplaceAsync(
                new V1Alpha1NodeTuning { Metadata = current.Metadata, Spec = wish.Spec, Status = current.Status }, cancellationToken);
            if (current.Spec.TunedNode == wish.Spec.TunedNode)
            {
                events.Publish(
                    current, EventType.Warning, "SpecReplaced",
                    $"Its spec was not what TunedNode {tunedNode.Metadata.Name} asks for, and is replaced: it was edited by hand (edit the TunedNode), or another "
                    + "version of latlab resolves the profile otherwise. If it goes on so, the CRDs are older than the operator");
            }
        }
        else
        {
            await client.TryCreateAsync(Tuning(tunedNode, wish), cancellationToken);
        }
    }

    /// <summary>An event for each condition that changed.</summary>
    private void Tell(V1Alpha1TunedNode tunedNode, TunedNodeStatus status)
    {
        var before = tunedNode.Status?.Conditions ?? [];
        foreach (var condition in status.Conditions)
        {
            var last = before.FirstOrDefault(c => c.Type == condition.Type);
            if (last?.Status != condition.Status || last.Reason != condition.Reason)
            {
                events.Publish(tunedNode, IsGood(condition) ? EventType.Normal : EventType.Warning, condition.Reason, condition.Message);
            }
        }
    }

    private static bool IsGood(Crds.Conditions.Condition condition) => condition.Type switch
    {
        TunedNodeConditions.Conflict => condition.Status == Crds.Conditions.ConditionStatus.False,
        TunedNodeConditions.RebootPending => condition.Reason is TunedNodeConditions.ReasonNoRebootPending or TunedNodeConditions.ReasonDraining
            or TunedNodeConditions.ReasonRebooting or TunedNodeConditions.ReasonWaitingForSlot or TunedNodeConditions.ReasonWaitingForWindow
            or TunedNodeConditions.ReasonWaitingForRun or TunedNodeConditions.ReasonWaitingForReboot,
        _ => condition.Status == Crds.Conditions.ConditionStatus.True,
    };

    private static V1Alpha1NodeTuning Tuning(V1Alpha1TunedNode tunedNode, NodeWish wish) => new()
    {
        Spec = wish.Spec,
        Metadata = new V1ObjectMeta
        {
            Name = wish.NodeName,
            Labels = new Dictionary<string, string> { [ApiGroup.TunedNodeLabel] = tunedNode.Metadata.Name },
            // Restores the node before the object goes. No owner reference: the garbage collector must not delete it while a run holds the
            // node.
            Finalizers = [NodeTuningResource.RestoreFinalizer],
        },
    };

    private static V1Alpha1TunedNode WithStatus(V1Alpha1TunedNode tunedNode, TunedNodeStatus status) =>
        new() { Metadata = tunedNode.Metadata, Spec = tunedNode.Spec, Status = status };
}

using k8s;
using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Writes NodeTunings and the TunedNode's status.</summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Create | RbacVerb.Patch | RbacVerb.Delete)]
[EntityRbac(typeof(V1Alpha1TunedNode), Subresource = "status", Verbs = RbacVerb.Patch)]
internal sealed class TunedNodeApplier(IEntityClient client, IEventPublisher events)
{
    public async Task ApplyAsync(V1Alpha1TunedNode tunedNode, TunedNodePlan plan, CancellationToken cancellationToken)
    {
        foreach (var wish in plan.Apply)
        {
            await client.ApplyAsync(Tuning(tunedNode, wish), cancellationToken);
        }

        foreach (var release in plan.Delete)
        {
            await client.DeleteAsync<V1Alpha1NodeTuning>(null, release.NodeName, release.Uid, cancellationToken);
            await events.PublishAsync(tunedNode, EventType.Normal, "Restoring", $"Node {release.NodeName} is being restored", cancellationToken);
        }

        if (tunedNode.Status is null || KubernetesJson.Serialize(tunedNode.Status) != KubernetesJson.Serialize(plan.Status))
        {
            await client.ApplyStatusAsync(Status(tunedNode, plan.Status), cancellationToken);
            await TellAsync(tunedNode, plan.Status, cancellationToken);
        }
    }

    /// <summary>An event for each condition that changed.</summary>
    private async Task TellAsync(V1Alpha1TunedNode tunedNode, TunedNodeStatus status, CancellationToken cancellationToken)
    {
        var before = tunedNode.Status?.Conditions ?? [];
        foreach (var condition in status.Conditions)
        {
            var last = before.FirstOrDefault(c => c.Type == condition.Type);
            if (last?.Status != condition.Status || last.Reason != condition.Reason)
            {
                var good = condition.Type == TunedNodeConditions.Conflict ? Crds.Conditions.ConditionStatus.False : Crds.Conditions.ConditionStatus.True;
                await events.PublishAsync(
                    tunedNode, condition.Status == good ? EventType.Normal : EventType.Warning, condition.Reason, condition.Message, cancellationToken);
            }
        }
    }

    private static V1Alpha1NodeTuning Tuning(V1Alpha1TunedNode tunedNode, NodeWish wish)
    {
        var tuning = new V1Alpha1NodeTuning { Spec = wish.Spec };
        tuning.Initialize();
        tuning.Metadata = new V1ObjectMeta
        {
            Name = wish.NodeName,
            Labels = tunedNode.Metadata.Name.Length <= 63 ? new Dictionary<string, string> { [ApiGroup.TunedNodeLabel] = tunedNode.Metadata.Name } : null,
            // Restores the node before the object goes. No owner reference: the garbage collector must not delete it while a run holds the node.
            Finalizers = [NodeTuningResource.RestoreFinalizer],
        };
        return tuning;
    }

    private static V1Alpha1TunedNode Status(V1Alpha1TunedNode tunedNode, TunedNodeStatus status)
    {
        var entity = new V1Alpha1TunedNode { Status = status };
        entity.Initialize();
        entity.Metadata = new V1ObjectMeta { Name = tunedNode.Metadata.Name };
        return entity;
    }
}

using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>
/// Reads what decides about reboots: from the caches, or, before something is done that they might be behind for, from the API server.
/// </summary>
[EntityRbac(typeof(V1Node), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Alpha1TunedNode), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
internal sealed class RebootObserver(
    IEntityCache<V1Alpha1TunedNode> tunedNodes,
    IEntityCache<V1Alpha1NodeTuning> tunings,
    IEntityCache<V1Node> nodes,
    NodeHolders holders,
    IEntityClient client,
    IPodEvictions pods,
    OperatorSettings settings)
{
    private const int ReadsAtOnce = 8;
    private static readonly TunedNodeValidator Validator = new();

    public RebootObservation Read(V1Alpha1TunedNode tunedNode) => Read(tunedNode, tunings.List());

    /// <summary>With TunedNode and NodeTunings as the API server has them now; null when the TunedNode is gone.</summary>
    public async Task<RebootObservation?> ReadLiveAsync(V1Alpha1TunedNode tunedNode, CancellationToken cancellationToken) =>
        await client.GetAsync<V1Alpha1TunedNode>(null, tunedNode.Metadata.Name, cancellationToken) is { } live
        && live.Metadata.Uid == tunedNode.Metadata.Uid
            ? await WithPodsAsync(Read(live, await client.ListAsync<V1Alpha1NodeTuning>(null, cancellationToken)), cancellationToken)
            : null;

    /// <summary>Looks which pods are on the nodes that are to be emptied.</summary>
    public async Task<RebootObservation> WithPodsAsync(RebootObservation observed, CancellationToken cancellationToken)
    {
        var found = observed.Nodes.ToArray();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, found.Length).Where(place => found[place].Record.Phase is RebootPhase.Reserved or RebootPhase.Draining),
            new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellationToken },
            async (place, token) => found[place] = found[place] with { Pods = await pods.ListAsync(found[place].Name, token) });
        return observed with { Nodes = found };
    }

    private RebootObservation Read(V1Alpha1TunedNode tunedNode, IReadOnlyList<V1Alpha1NodeTuning> allTunings)
    {
        var byName = allTunings.ToDictionary(tuning => tuning.Metadata.Name);
        var allNodes = nodes.List();
        var rivals = new Lazy<List<V1Alpha1TunedNode>>(
            () =>
            [
                .. tunedNodes.List().Where(t => t.Metadata.Uid != tunedNode.Metadata.Uid && Validator.Refusals(t.Spec).Count == 0),
                tunedNode,
            ]);
        return new RebootObservation
        {
            TunedNode = tunedNode,
            Rules = RebootRules.Of(tunedNode, settings.AllowReboots),
            AllowReboots = settings.AllowReboots,
            OwnPod = settings.OwnPod,
            Nodes = [.. allNodes
                .Where(node => IsOwn(node, byName.GetValueOrDefault(node.Metadata.Name), tunedNode, rivals))
                .OrderBy(node => node.Metadata.Name, StringComparer.Ordinal)
                .Select(node => Node(node, byName.GetValueOrDefault(node.Metadata.Name)))],
            ControlPlane = [.. allNodes.Where(NodeAvailability.IsControlPlane).Select(node => new ControlPlaneNode(
                node.Metadata.Name,
                NodeAvailability.IsReady(node),
                RebootRecord.Of(byName.GetValueOrDefault(node.Metadata.Name)).Phase))],
        };
    }

    /// <summary>Whether it has the node, or would get it.</summary>
    private static bool IsOwn(
        V1Node node, V1Alpha1NodeTuning? tuning, V1Alpha1TunedNode tunedNode, Lazy<List<V1Alpha1TunedNode>> rivals)
    {
        var uid = tunedNode.Metadata.Uid;
        return tuning is not null
            ? tuning.Spec.TunedNode.Uid == uid
            : NodeClaims.Matches(tunedNode.Spec, node) && (NodeClaims.Owner(node, rivals.Value, null)?.Metadata.Uid ?? uid) == uid;
    }

    private RebootNode Node(V1Node machine, V1Alpha1NodeTuning? tuning)
    {
        var lease = holders.LeaseOf(machine.Metadata.Name);
        return new RebootNode
        {
            Machine = machine,
            Tuning = tuning,
            Run = NodeReservation.Holder(lease),
            Lease = !NodeReservation.IsHeld(lease) ? LeaseHolder.Nobody
                : tuning is not null && NodeReservation.IsHeldBy(lease, NodeReservation.RebootHolder(tuning.Metadata.Uid))
                    ? LeaseHolder.Reboot
                : LeaseHolder.Other,
        };
    }
}

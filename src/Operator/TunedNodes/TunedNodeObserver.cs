using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Reads what a TunedNode's plan depends on from the informers' caches.</summary>
[EntityRbac(typeof(V1Node), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Alpha1TunedNode), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
internal sealed class TunedNodeObserver(
    IEntityCache<V1Alpha1TunedNode> tunedNodes,
    IEntityCache<V1Alpha1NodeTuning> tunings,
    IEntityCache<V1Node> nodes,
    NodeHolders holders,
    RebootObserver reboots,
    AgentPods agents,
    TimeProvider clock)
{
    public TunedNodeObservation Read(V1Alpha1TunedNode tunedNode)
    {
        var (allNodes, allTunings) = (nodes.List(), tunings.List());
        // Those that match no more, or are being given up, are looked after until they are restored.
        var owned = allTunings.Where(t => t.Spec.TunedNode.Uid == tunedNode.Metadata.Uid).Select(t => t.Metadata.Name).ToHashSet();
        return new TunedNodeObservation
        {
            TunedNode = tunedNode,
            TunedNodes = tunedNodes.List(),
            Nodes = allNodes,
            Tunings = allTunings,
            Reboots = RebootPlanner.Plan(reboots.Read(tunedNode), clock.GetUtcNow()),
            AgentProblems = agents.Problems(allNodes.Where(node => owned.Contains(node.Metadata.Name) || NodeClaims.Matches(tunedNode.Spec, node))),
            ReservedNodes = allNodes.Select(n => n.Metadata.Name).Where(holders.IsHeld).ToHashSet(),
        };
    }
}

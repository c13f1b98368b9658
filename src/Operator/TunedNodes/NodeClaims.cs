using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.TunedNodes;

/// <summary>Which TunedNode has which node. One node, one TunedNode.</summary>
internal static class NodeClaims
{
    /// <summary>Whether a TunedNode asks for a node.</summary>
    public static bool Matches(TunedNodeSpec? spec, V1Node node)
    {
        if (spec?.NodeName is { Length: > 0 } name)
        {
            return node.Metadata.Name == name;
        }

        return spec?.NodeSelector is { Count: > 0 } selector
            && selector.All(wanted => node.Metadata.Labels?.TryGetValue(wanted.Key, out var value) == true && value == wanted.Value);
    }

    /// <summary>
    /// The TunedNode that has the node: the one whose NodeTuning is there, as long as it still asks for it; else the oldest that asks. So a
    /// newer one never takes a node away, and two that came in the same second are told apart by their UIDs.
    /// </summary>
    public static V1Alpha1TunedNode? Owner(V1Node node, IEnumerable<V1Alpha1TunedNode> tunedNodes, V1Alpha1NodeTuning? tuning)
    {
        var candidates = tunedNodes.Where(t => t.Metadata.DeletionTimestamp is null && Matches(t.Spec, node)).ToList();
        return candidates.Find(t => t.Metadata.Uid == tuning?.Spec.TunedNode.Uid)
            ?? candidates.OrderBy(t => t.Metadata.CreationTimestamp).ThenBy(t => t.Metadata.Uid, StringComparer.Ordinal).FirstOrDefault();
    }
}

using k8s.Models;

namespace Latlab.Operator.TunedNodes;

/// <summary>What kubelet offers to pods.</summary>
internal static class NodeResources
{
    /// <summary>How much of a resource the node can give, in its unit (cores, bytes); 0 when it has none.</summary>
    public static decimal Allocatable(V1Node node, string resource) =>
        node.Status?.Allocatable?.TryGetValue(resource, out var quantity) == true ? quantity.ToDecimal() : 0;
}

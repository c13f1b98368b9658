using k8s.Models;

namespace Latlab.Operator.Reboots;

/// <summary>
/// Reads and evicts the pods of a node. There is no informer of all pods of the cluster: only a node that is being emptied is looked at.
/// </summary>
internal interface IPodEvictions
{
    /// <summary>All pods that are bound to the node.</summary>
    public Task<IReadOnlyList<V1Pod>> ListAsync(string node, CancellationToken cancellationToken);

    /// <summary>Asks for a pod's end, as PodDisruptionBudgets let. Null when it will end, or is gone; else why not, in words.</summary>
    public Task<string?> EvictAsync(V1Pod pod, CancellationToken cancellationToken);
}

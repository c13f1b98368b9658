using k8s.Models;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>Pods on nodes; PodDisruptionBudgets keep some of them.</summary>
internal sealed class SimulatedPods(SimulatedClient client) : IPodEvictions
{
    private readonly Dictionary<string, List<(V1Pod Pod, bool Kept)>> _pods = [];

    /// <summary>Pods of a node; a true value is one that a budget keeps.</summary>
    public List<(V1Pod Pod, bool Kept)> this[string node] => _pods.TryGetValue(node, out var pods) ? pods : _pods[node] = [];

    public Task<IReadOnlyList<V1Pod>> ListAsync(string node, CancellationToken cancellationToken)
    {
        lock (_pods)
        {
            return Task.FromResult<IReadOnlyList<V1Pod>>([.. this[node].Select(p => p.Pod)]);
        }
    }

    /// <summary>What becomes of an eviction that the API server never hears of; null when it does.</summary>
    public Func<V1Pod, Exception?> Fault { get; set; } = _ => null;

    public Task<string?> EvictAsync(V1Pod pod, CancellationToken cancellationToken) => client.WriteAsync(() =>
    {
        if (Fault(pod) is { } fault)
        {
            throw fault;
        }

        lock (_pods)
        {
            var found = this[pod.Spec.NodeName].Find(p => p.Pod.Metadata.Name == pod.Metadata.Name);
            if (found.Kept)
            {
                return $"pod {pod.Metadata.Name}: PodDisruptionBudget: quorum";
            }

            this[pod.Spec.NodeName].Remove(found);
            return null;
        }
    });

    /// <summary>A pod of a ReplicaSet, or of nobody.</summary>
    public static V1Pod Pod(string node, string name, string? owner = "ReplicaSet") => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = name,
            NamespaceProperty = "work",
            OwnerReferences = owner is null ? null : [new V1OwnerReference { Kind = owner, Name = "o", Controller = true }],
        },
        Spec = new V1PodSpec { NodeName = node },
        Status = new V1PodStatus { Phase = "Running" },
    };
}

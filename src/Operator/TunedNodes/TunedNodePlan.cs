using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.TunedNodes;

/// <summary>What to do about the nodes of a TunedNode, and what to say.</summary>
internal sealed record TunedNodePlan
{
    /// <summary>NodeTunings to write.</summary>
    public IReadOnlyList<NodeWish> Apply { get; init; } = [];

    /// <summary>NodeTunings whose agent may restart kubelet, with the grant.</summary>
    public IReadOnlyList<V1Alpha1NodeTuning> RestartKubelet { get; init; } = [];

    /// <summary>NodeTunings to delete: their nodes are restored.</summary>
    public IReadOnlyList<NodeRelease> Delete { get; init; } = [];

    /// <summary>Nodes that are still to be given up, deleted NodeTunings included.</summary>
    public int Remaining { get; init; }

    public required TunedNodeStatus Status { get; init; }
}

/// <summary>The wish for a node.</summary>
internal sealed record NodeWish(string NodeName, NodeTuningSpec Spec);

/// <summary>A NodeTuning to delete.</summary>
internal sealed record NodeRelease(string NodeName, string Uid);

using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.TunedNodes;

/// <summary>Everything that decides what happens to a TunedNode's nodes.</summary>
internal sealed record TunedNodeObservation
{
    public required V1Alpha1TunedNode TunedNode { get; init; }

    /// <summary>All TunedNodes, this one included.</summary>
    public required IReadOnlyList<V1Alpha1TunedNode> TunedNodes { get; init; }

    /// <summary>All nodes.</summary>
    public required IReadOnlyList<V1Node> Nodes { get; init; }

    /// <summary>All NodeTunings.</summary>
    public required IReadOnlyList<V1Alpha1NodeTuning> Tunings { get; init; }

    /// <summary>Names of the nodes that a run holds.</summary>
    public required IReadOnlySet<string> ReservedNodes { get; init; }

    /// <summary>Why nobody looks at a node now, by name; none where agents' pods are not watched.</summary>
    public IReadOnlyDictionary<string, string> AgentProblems { get; init; } = new Dictionary<string, string>();

    /// <summary>How the reboots of its nodes stand; null when nobody looked.</summary>
    public RebootPlan? Reboots { get; init; }
}

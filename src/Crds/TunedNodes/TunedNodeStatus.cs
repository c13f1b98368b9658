using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Conditions;
using Latlab.Crds.Schema;

namespace Latlab.Crds.TunedNodes;

/// <summary>How far the nodes are. Bounded in size, however many nodes match.</summary>
public sealed record TunedNodeStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; init; }

    /// <summary>Number of nodes that match.</summary>
    public int? MatchedNodes { get; init; }

    /// <summary>Number of nodes on which every knob is in effect.</summary>
    public int? EffectiveNodes { get; init; }

    /// <summary>At most ten nodes that are not as wished, and why.</summary>
    [ListMapKeys("name")]
    [Size(0, 10)]
    public IReadOnlyList<ProblemNode> ProblemNodes { get; set; } = [];

    /// <summary>Conditions: <see cref="TunedNodeConditions"/>.</summary>
    [ListMapKeys("type")]
    public IReadOnlyList<Condition> Conditions { get; set; } = [];
}

/// <summary>A node that is not as wished.</summary>
public sealed record ProblemNode
{
    /// <summary>Node.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>Reason, one CamelCase word group.</summary>
    [Required]
    public string Reason { get; set; } = "";

    /// <summary>What is wrong and what to do.</summary>
    [Required]
    public string Message { get; set; } = "";
}

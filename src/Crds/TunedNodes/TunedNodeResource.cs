using Latlab.Crds.Schema;

namespace Latlab.Crds.TunedNodes;

/// <summary>The kind TunedNode.</summary>
public static class TunedNodeResource
{
    /// <summary>Its definition.</summary>
    public static ResourceDefinition Definition { get; } = new(
        "TunedNode", "tunednodes", "tn", Namespaced: false, typeof(TunedNodeSpec), typeof(TunedNodeStatus), typeof(TunedNodeConditions),
        "TunedNode says how a set of nodes shall be tuned for low latency, and what on them experiments may use.",
        [
            PrinterColumn.Condition(TunedNodeConditions.Effective),
            new("Nodes", "integer", ".status.matchedNodes"),
            new("InEffect", "integer", ".status.effectiveNodes"),
            PrinterColumn.Condition(TunedNodeConditions.RebootPending),
            PrinterColumn.Condition(TunedNodeConditions.Accepted, priority: 1),
            PrinterColumn.Condition(TunedNodeConditions.Conflict, priority: 1),
            new("Problem", "string", ".status.problemNodes[0].message", Priority: 1),
            PrinterColumn.Age,
        ]);
}

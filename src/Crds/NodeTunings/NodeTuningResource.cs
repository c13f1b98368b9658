using Latlab.Crds.Schema;

namespace Latlab.Crds.NodeTunings;

/// <summary>The kind NodeTuning.</summary>
public static class NodeTuningResource
{
    /// <summary>Finalizer that the operator sets, and takes away when the agent has restored the node or the node is gone.</summary>
    public const string RestoreFinalizer = ApiGroup.Name + "/restore";

    /// <summary>Its definition.</summary>
    public static ResourceDefinition Definition { get; } = new(
        "NodeTuning", "nodetunings", "ntn", Namespaced: false, typeof(NodeTuningSpec), typeof(NodeTuningStatus),
        typeof(NodeTuningConditions),
        "NodeTuning is the resolved wish for the node of the same name, and the ledger of what is in effect there.",
        [
            PrinterColumn.Condition(NodeTuningConditions.Effective),
            new("InEffect", "string", ".status.inEffect"),
            new("Drifts", "integer", ".status.drifts"),
            new("Reboots", "string", $".metadata.annotations.{RebootGrant.CountAnnotation.Replace(".", "\\.", StringComparison.Ordinal)}"),
            new("TunedNode", "string", ".spec.tunedNode.name"),
            new("Boot", "string", ".status.bootId", Priority: 1),
            new("Kernel", "string", ".status.environment.kernelRelease", Priority: 1),
            new("Message", "string", $".status.conditions[?(@.type==\"{NodeTuningConditions.Effective}\")].message", Priority: 1),
            PrinterColumn.Age,
        ])
    {
        // Its name is a node's, and those may be as long as a DNS name.
        MaxNameLength = 253,
    };
}

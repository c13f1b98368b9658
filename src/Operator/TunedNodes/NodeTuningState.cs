using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;

namespace Latlab.Operator.TunedNodes;

/// <summary>What a NodeTuning says of its node.</summary>
internal static class NodeTuningState
{
    /// <summary>Whether the agent has seen the newest spec, and every knob of it is in effect.</summary>
    public static bool IsEffective(V1Alpha1NodeTuning tuning) =>
        tuning.Status is { } status
        && status.ObservedGeneration == tuning.Metadata.Generation
        && status.Conditions.IsTrue(NodeTuningConditions.Effective);
}

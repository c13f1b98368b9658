using Latlab.Operator.Entities;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>Everything that decides about the reboots of a TunedNode's nodes.</summary>
internal sealed record RebootObservation
{
    private ResolvedWish? _wish;

    public required V1Alpha1TunedNode TunedNode { get; init; }

    public required RebootRules Rules { get; init; }

    /// <summary>Whether the operator has the rights.</summary>
    public required bool AllowReboots { get; init; }

    /// <summary>The nodes that it has, and those that match and belong to no other, by name.</summary>
    public required IReadOnlyList<RebootNode> Nodes { get; init; }

    /// <summary>Nodes of the control plane, of whatever TunedNode.</summary>
    public IReadOnlyList<ControlPlaneNode> ControlPlane { get; init; } = [];

    /// <summary>Whether a NodeTuning has what the TunedNode, which must be an accepted one, asks for now.</summary>
    public bool IsCurrent(V1Alpha1NodeTuning tuning) => (_wish ??= new ResolvedWish(TunedNode)).IsOf(tuning);

    /// <summary>The pod of this process.</summary>
    public (string Namespace, string Name)? OwnPod { get; init; }
}

/// <summary>A node of the control plane.</summary>
/// <param name="Name">Name.</param>
/// <param name="IsReady">Whether it is Ready.</param>
/// <param name="Phase">How far its own reboot is.</param>
internal sealed record ControlPlaneNode(string Name, bool IsReady, RebootPhase Phase)
{
    /// <summary>
    /// Whether it does its work, and will in a moment. To one that has only taken a slot nothing is done while another has the turn.
    /// </summary>
    public bool Works => IsReady && Phase is RebootPhase.Idle or RebootPhase.Reserved or RebootPhase.Failed;
}

using System.Globalization;
using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>A change of a node, or of its NodeTuning, as a watch tells it.</summary>
/// <param name="Revision">Place in the API server's history, which is one for all kinds.</param>
/// <param name="Name">The node's name.</param>
internal abstract record FleetChange(long Revision, string Name)
{
    public static FleetChange Of(V1Node node, bool isGone) =>
        new OfNode(RevisionOf(node.Metadata), node.Metadata.Name, isGone ? null : new NodeFacts(
            node.Status?.NodeInfo?.BootID ?? "",
            NodeAvailability.IsReady(node),
            node.Spec?.Unschedulable == true && CordonMark.Of(node) is not null));

    public static FleetChange Of(V1Alpha1NodeTuning tuning, bool isGone) =>
        new OfTuning(RevisionOf(tuning.Metadata), tuning.Metadata.Name, isGone ? null : new TuningFacts(
            tuning.Metadata.Uid,
            tuning.Spec.TunedNode.Generation,
            tuning.Metadata.DeletionTimestamp is not null,
            RebootRecord.Of(tuning).HoldsSlot,
            tuning.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) == true ? boot : null));

    private static long RevisionOf(V1ObjectMeta metadata) => long.Parse(metadata.ResourceVersion, CultureInfo.InvariantCulture);

    /// <param name="Revision">See above.</param>
    /// <param name="Name">See above.</param>
    /// <param name="Facts">Null when the node has left.</param>
    internal sealed record OfNode(long Revision, string Name, NodeFacts? Facts) : FleetChange(Revision, Name);

    /// <param name="Revision">See above.</param>
    /// <param name="Name">See above.</param>
    /// <param name="Facts">Null when the NodeTuning is gone.</param>
    internal sealed record OfTuning(long Revision, string Name, TuningFacts? Facts) : FleetChange(Revision, Name);
}

/// <summary>What of a node says whether it does its work.</summary>
/// <param name="BootId">The running boot, by kubelet's word.</param>
/// <param name="IsReady">Whether kubelet is heard of.</param>
/// <param name="IsCordonedByUs">Whether it is unschedulable by a reboot's cordon.</param>
internal sealed record NodeFacts(string BootId, bool IsReady, bool IsCordonedByUs);

/// <summary>What of a NodeTuning is about reboots.</summary>
/// <param name="Uid">UID.</param>
/// <param name="Generation">Generation of the TunedNode's spec that it has.</param>
/// <param name="IsRestoring">Whether the node is being given up.</param>
/// <param name="HoldsSlot">Whether the operator counts it.</param>
/// <param name="Grant">The boot that the agent may end.</param>
internal sealed record TuningFacts(string Uid, long Generation, bool IsRestoring, bool HoldsSlot, string? Grant);

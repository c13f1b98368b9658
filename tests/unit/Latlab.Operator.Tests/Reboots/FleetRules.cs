using k8s;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>
/// What a reboot must never do, checked at the moment at which it would be done: <see cref="FleetInvariant"/>, and what only a fleet knows
/// of which everything is known.
/// </summary>
internal sealed class FleetRules(SimulatedApi api, SimulatedPods pods, FleetInvariant invariant)
{
    public void Check(IKubernetesObject<V1ObjectMeta>? before, IKubernetesObject<V1ObjectMeta>? after)
    {
        switch (after ?? before)
        {
            case V1Node node:
                invariant.Apply(FleetChange.Of(node, isGone: after is null));
                CheckCordon(before as V1Node, after as V1Node);
                break;
            case V1Alpha1NodeTuning tuning:
                invariant.Apply(FleetChange.Of(tuning, isGone: after is null));
                CheckGrant(before as V1Alpha1NodeTuning, after as V1Alpha1NodeTuning);
                break;
        }

        Assert.Empty(invariant.Violations);
    }

    private void CheckCordon(V1Node? before, V1Node? after)
    {
        if (after is not null && CordonMark.Of(after) is not null && (before is null || CordonMark.Of(before) is null))
        {
            var record = RebootRecord.Of(api.Find<V1Alpha1NodeTuning>(after.Metadata.Name));
            Assert.True(record.HoldsSlot, "a node is cordoned that has no slot");
        }
    }

    private void CheckGrant(V1Alpha1NodeTuning? before, V1Alpha1NodeTuning? after)
    {
        if (Grant(after) is not { } boot || boot == Grant(before))
        {
            return;
        }

        var name = after!.Metadata.Name;
        Assert.Equal(before!.Status!.BootId, boot);
        Assert.True(before.Status.Conditions.IsTrue(NodeTuningConditions.RebootRequired), "a reboot that is not needed");
        Assert.True(api.Find<V1Node>(name)!.Spec.Unschedulable == true, "a node is rebooted that is not cordoned");
        Assert.Empty(pods[name]);
        Assert.Equal(after.Metadata.Uid, NodeReservation.RebootOf(api.Find<V1Lease>(NodeReservation.LeaseName(name))));
    }

    private static string? Grant(V1Alpha1NodeTuning? tuning) =>
        tuning?.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) == true ? boot : null;
}

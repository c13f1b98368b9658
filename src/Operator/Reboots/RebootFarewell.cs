using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>
/// Whether a NodeTuning that is being deleted, and whose node is restored, may go, pure: the running kernel may have been booted with what
/// is now taken out. It waits for its reboot as long as there is one to come, and never for ever.
/// </summary>
/// <param name="MayGo">Whether it may.</param>
/// <param name="Remark">Why the running kernel keeps its arguments; null when it does not.</param>
internal readonly record struct RebootFarewell(bool MayGo, string? Remark = null)
{
    /// <summary>Decides about one whose TunedNode is there.</summary>
    public static RebootFarewell Of(RebootNode node, RebootObservation observed, DateTimeOffset now)
    {
        if (!observed.AllowReboots)
        {
            return WithoutReboot(node.Tuning!, observed.Rules.Bar?.Message ?? "the operator may not reboot nodes");
        }

        if (Failure(node, observed, now) is { } failure)
        {
            return WithoutReboot(node.Tuning!, failure);
        }

        if (node.Record.HoldsSlot || node.IsCordonedByUs)
        {
            return default;
        }

        return node.NeedsNoReboot ? new RebootFarewell(true)
            : Obstacle(node, observed, now) is { } why ? WithoutReboot(node.Tuning!, why)
            : default;
    }

    /// <summary>Decides about one that nobody reboots any more.</summary>
    public static RebootFarewell WithoutReboot(V1Alpha1NodeTuning tuning, string why) => new(
        true,
        tuning.Status?.Conditions.IsTrue(NodeTuningConditions.RebootRequired) == true
            ? $"The running kernel keeps its arguments until the node's next reboot: {why}"
            : null);

    /// <summary>Why the reboot that it was to have came to nothing; null when it may still come to something.</summary>
    private static string? Failure(RebootNode node, RebootObservation observed, DateTimeOffset now) => node.Record.For(node.Tuning!) switch
    {
        { Phase: RebootPhase.Lost, Since: var since } when !(now - since <= observed.Rules.RebootTimeout) =>
            "it did not come back from its last one: look at its console",
        { IsUnreadable: true, Message: var message } => message,
        _ => null,
    };

    /// <summary>What will not go away by itself, or takes too long.</summary>
    private static string? Obstacle(RebootNode node, RebootObservation observed, DateTimeOffset now)
    {
        var (fleet, record) = (new RebootFleet(observed), node.Record.For(node.Tuning!));
        if (observed.Rules.Bar is { } bar)
        {
            return bar.Message;
        }

        if (!node.MayReboot(observed.Rules))
        {
            return RebootObstacles.Exhausted(node);
        }

        if (record.BlockedDrains > 0)
        {
            return record.Message ?? "it could not be emptied";
        }

        if (fleet.Stopper is { } stopper)
        {
            return RebootCandidates.Stopped(stopper).Message;
        }

        if (fleet.IsNeededByControlPlane(node) && fleet.WorkingPeers(node) == 0 && fleet.OtherControlPlaneNode(node) is null)
        {
            return RebootObstacles.NeededByControlPlane(node, fleet);
        }

        if (NodeAvailability.NotReadySince(node.Machine) is { } since && now - since > observed.Rules.RebootTimeout)
        {
            return "it is not Ready";
        }

        return now - ApiTime.Of(node.Tuning!.Metadata.DeletionTimestamp) > RebootTimes.Farewell
            ? $"it waited {RebootTimes.Farewell.Days} days for its turn"
            : null;
    }
}

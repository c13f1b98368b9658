using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Reboots;

/// <summary>
/// Whether a NodeTuning that is being deleted, and whose node is restored, may go, pure: the running kernel may have been booted with what is now taken out. It waits for its
/// reboot as long as there is one to come, and never for ever.
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

        if (node.Record.HoldsSlot || node.IsCordonedByUs)
        {
            return default;
        }

        return node.NeedsReboot ? Obstacle(node, observed, now) is { } why ? WithoutReboot(node.Tuning!, why) : default : new RebootFarewell(true);
    }

    /// <summary>Decides about one that nobody reboots any more.</summary>
    public static RebootFarewell WithoutReboot(V1Alpha1NodeTuning tuning, string why) => new(
        true,
        tuning.Status?.Conditions.IsTrue(NodeTuningConditions.RebootRequired) == true
            ? $"The running kernel keeps its arguments until the node's next reboot: {why}"
            : null);

    /// <summary>What will not go away by itself, or takes too long.</summary>
    private static string? Obstacle(RebootNode node, RebootObservation observed, DateTimeOffset now)
    {
        var (fleet, record) = (new RebootFleet(observed), node.Record.For(node.Tuning!));
        if (observed.Rules.Bar is { } bar)
        {
            return bar.Message;
        }

        if (record.BlockedDrains > 0 || record.Reboots >= observed.Rules.MaxReboots)
        {
            return record.Message ?? RebootObstacles.Exhausted(record.Reboots);
        }

        if (fleet.Stopper is { } stopper)
        {
            return RebootCandidates.Stopped(stopper).Message;
        }

        if (fleet.IsLastControlPlaneNode(node))
        {
            return RebootObstacles.Find(node, observed, fleet, now)?.View?.Message ?? TunedNodeConditions.ReasonLastControlPlaneNode;
        }

        if (NodeAvailability.NotReadySince(node.Machine) is { } since && now - since > observed.Rules.RebootTimeout)
        {
            return "it is not Ready";
        }

        var asked = new DateTimeOffset(DateTime.SpecifyKind(node.Tuning!.Metadata.DeletionTimestamp!.Value, DateTimeKind.Utc));
        return now - asked > RebootTimes.Farewell ? $"it waited {RebootTimes.Farewell.Days} days for its turn" : null;
    }
}

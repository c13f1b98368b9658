using System.Globalization;
using Latlab.Crds.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>What keeps a node that needs a reboot from getting it, but for the other nodes; looked at before a slot is taken, and until the reboot is granted.</summary>
internal static class RebootObstacles
{
    /// <summary>The first one; null when there is none.</summary>
    public static RebootDecision? Find(RebootNode node, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        var rules = observed.Rules;
        var record = node.Record.For(node.Tuning!);
        if (rules.Bar is { } bar)
        {
            return new RebootDecision(bar);
        }

        if (!node.IsBeingGivenUp && node.Tuning!.Spec.TunedNode.Generation != observed.TunedNode.Metadata.Generation)
        {
            return Wait(TunedNodeConditions.ReasonWaitingForReboot, "the newest spec is carried out first, so that one reboot does for both");
        }

        if (record.Reboots >= rules.MaxReboots)
        {
            return Wait(TunedNodeConditions.ReasonRebootExhausted, Exhausted(record.Reboots));
        }

        if (record.BootId == node.BootId)
        {
            return Wait(TunedNodeConditions.ReasonRebootExhausted, "was let end this boot once and did not: see why in the log of its agent, and reboot it by hand");
        }

        if (!node.IsReady)
        {
            return Wait(TunedNodeConditions.ReasonWaitingForReboot, "is not Ready, so it cannot be emptied: see `kubectl describe node`");
        }

        if (fleet.IsLastControlPlaneNode(node))
        {
            return Wait(
                TunedNodeConditions.ReasonLastControlPlaneNode,
                "no other node of the control plane is Ready and schedulable, so latlab never reboots it: reboot it by hand when that suits");
        }

        if (fleet.OtherControlPlaneNode(node) is { } other)
        {
            return Wait(TunedNodeConditions.ReasonWaitingForSlot, $"waits for node \"{other}\": nodes of the control plane are rebooted one at a time");
        }

        if (rules.Window is { } window && !RebootWindow.IsOpen(window, now))
        {
            var opening = RebootWindow.NextOpening(window, now);
            var when = opening?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "never";
            return new RebootDecision(
                new RebootView(TunedNodeConditions.ReasonWaitingForWindow, $"waits for disruption.window, which opens next: {when}"), Look: opening);
        }

        return node.Lease == LeaseHolder.Other
            ? Wait(TunedNodeConditions.ReasonWaitingForRun, $"waits for the end of run {node.Run}; delete its experiment to end it now")
            : null;
    }

    public static string Exhausted(int reboots) =>
        $"needs a reboot after {reboots.ToString(CultureInfo.InvariantCulture)}, which is all that disruption.maxRebootsPerGeneration lets it have: "
        + "see the ledger in its NodeTuning for what does not take effect, then change the spec, or reboot it by hand";

    private static RebootDecision Wait(string reason, string message) => new(new RebootView(reason, message));
}

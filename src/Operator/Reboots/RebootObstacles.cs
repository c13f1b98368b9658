using System.Globalization;
using Latlab.Crds.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>
/// What keeps a node that needs a reboot from getting it, but for the other nodes; looked at before a slot is taken, and until the reboot
/// is granted.
/// </summary>
internal static class RebootObstacles
{
    /// <summary>The first one; null when there is none.</summary>
    /// <param name="node">The node.</param>
    /// <param name="record">Its record for what is wished now.</param>
    /// <param name="observed">What else there is.</param>
    /// <param name="fleet">The slots.</param>
    /// <param name="now">Now.</param>
    public static RebootDecision? Find(
        RebootNode node, RebootRecord record, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        var rules = observed.Rules;
        if (rules.Bar is { } bar)
        {
            return new RebootDecision(bar);
        }

        if (!node.IsBeingGivenUp && !observed.IsCurrent(node.Tuning!))
        {
            return Wait(
                TunedNodeConditions.ReasonWaitingForReboot, "the newest spec is carried out first, so that one reboot does for both");
        }

        if (!node.MayReboot(rules))
        {
            return Wait(TunedNodeConditions.ReasonRebootExhausted, Exhausted(node));
        }

        if (record.BootId == node.BootId)
        {
            return Wait(
                TunedNodeConditions.ReasonRebootExhausted,
                "was let end this boot once and did not: see why in the log of its agent, and reboot it by hand");
        }

        if (!node.IsReady)
        {
            return Wait(TunedNodeConditions.ReasonWaitingForReboot, "is not Ready, so it cannot be emptied: see `kubectl describe node`");
        }

        if (fleet.OtherControlPlaneNode(node) is { } other)
        {
            return Wait(
                TunedNodeConditions.ReasonWaitingForSlot,
                $"waits for node \"{other}\": nodes of the control plane are rebooted one at a time");
        }

        if (fleet.IsNeededByControlPlane(node))
        {
            return Wait(TunedNodeConditions.ReasonLastControlPlaneNode, NeededByControlPlane(node, fleet));
        }

        if (rules.Window is { } window && !RebootWindow.IsOpen(window, now))
        {
            var opening = RebootWindow.NextOpening(window, now);
            var when = opening?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture) ?? "never";
            return new RebootDecision(
                new RebootView(TunedNodeConditions.ReasonWaitingForWindow, $"waits for disruption.window, which opens next: {when}"),
                Look: opening);
        }

        return node.Lease == LeaseHolder.Other
            ? Wait(TunedNodeConditions.ReasonWaitingForRun, $"waits for the end of run {node.Run}; delete its experiment to end it now")
            : null;
    }

    public static string Exhausted(RebootNode node)
    {
        var budget = node.Budget;
        if (budget.Unreadable is { } why)
        {
            return $"the annotation {RebootBudget.Annotation} of the Node, which counts its reboots, cannot be read ({why}): take it away";
        }

        var spent = budget.Spent(node.IsBeingGivenUp).ToString(CultureInfo.InvariantCulture);
        var last = budget.At?.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        return $"needs a reboot after {spent} for the same boot arguments of TunedNode \"{budget.TunedNode}\", the last at {last}, "
            + "which is all that disruption.maxRebootsPerGeneration lets it have, however often NodeTuning or TunedNode are made anew. "
            + "See the ledger in its NodeTuning for what does not take effect, and whether the node is selected by a label that its tuning "
            + "changes; then change the arguments, reboot it by hand, or take the annotation "
            + $"{RebootBudget.Annotation} off the Node for a new budget";
    }

    public static string NeededByControlPlane(RebootNode node, RebootFleet fleet) => string.Create(
        CultureInfo.InvariantCulture,
        $"of the other nodes of the control plane {fleet.WorkingPeers(node)} are Ready, and {fleet.NeededPeers} must be, ")
        + "so latlab does not reboot it: get the others to work, or reboot it by hand when that suits";

    private static RebootDecision Wait(string reason, string message) => new(new RebootView(reason, message));
}

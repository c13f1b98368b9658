using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>Decides about nodes that hold a slot and may not reboot yet, pure: all of it can be taken back.</summary>
internal static class RebootDraining
{
    public static RebootDecision Next(RebootNode node, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        var record = node.Record.For(node.Tuning!);
        if (!node.NeedsReboot)
        {
            return new RebootDecision(null, GiveBack(node, record, now));
        }

        if (RebootObstacles.Find(node, record, observed, fleet, now) is { } obstacle)
        {
            return obstacle with { Step = GiveBack(node, record, now) };
        }

        if (fleet.Stopper is { } stopper)
        {
            return new RebootDecision(RebootCandidates.Stopped(stopper), GiveBack(node, record, now));
        }

        if (fleet.MustGiveBack(node))
        {
            var excess = new RebootView(
                TunedNodeConditions.ReasonWaitingForSlot, "gives its turn back: more nodes are out of work than may be");
            return new RebootDecision(excess, GiveBack(node, record, now));
        }

        var view = new RebootView(TunedNodeConditions.ReasonDraining, record.Message ?? "is being emptied for its reboot");
        var look = now + RebootTimes.DrainLook;
        if (node.Lease == LeaseHolder.Nobody)
        {
            return new RebootDecision(view, new RebootStep.ReserveNode(node), look);
        }

        if (node.Pods is null)
        {
            return new RebootDecision(view, Look: look);
        }

        var drain = DrainRules.Of(node.Pods, observed.Rules.Force, observed.OwnPod);
        if (drain.Blocker is not null)
        {
            return Block(node, record, drain.Blocker, now);
        }

        if (record.Phase == RebootPhase.Reserved)
        {
            return new RebootDecision(view, new RebootStep.Cordon(node, record.Enter(RebootPhase.Draining, now))
            {
                News = new RebootNews(EventType.Normal, "Draining", "It is cordoned, and its pods are evicted for a reboot"),
            });
        }

        if (!node.IsCordoned)
        {
            return new RebootDecision(view, new RebootStep.Cordon(node, record), look);
        }

        if (drain.IsEmpty)
        {
            return Grant(node, record, now);
        }

        return now - (record.Since ?? now) < observed.Rules.DrainTimeout ? new RebootDecision(view, Evict(record), look)
            : drain.Evictable.Count > 0 && record.LastTryAt is null ? new RebootDecision(view, Evict(record with { LastTryAt = now }), look)
            : drain.Ending.Count > 0 && now - record.LastTryAt < RebootTimes.LastTry ? new RebootDecision(view, Look: look)
            : Block(node, record, $"not empty within {LengthOfTime.Format(observed.Rules.DrainTimeout)}: {record.Message ?? drain.Left}", now);

        RebootStep.Evict? Evict(RebootRecord noted) => drain.Evictable.Count > 0 ? new(node, noted, drain.Evictable) : null;
    }

    private static RebootDecision Grant(RebootNode node, RebootRecord record, DateTimeOffset now)
    {
        var granted = record.Enter(RebootPhase.Rebooting, now) with { BootId = node.BootId, GrantedAt = now, NotBefore = null, Unmet = node.Unmet, Reboots = record.Reboots + 1 };
        var budget = node.Budget.Count(node.BootId!, node.IsBeingGivenUp, now);
        return new RebootDecision(
            new RebootView(TunedNodeConditions.ReasonRebooting, "is empty and may reboot"),
            new RebootStep.Grant(node, granted, budget)
            {
                News = new RebootNews(EventType.Normal, "RebootGranted", $"It is empty; its agent may end boot {node.BootId}"),
            });
    }

    /// <summary>The node could not be emptied: it goes back to its work, and others get the slot.</summary>
    private static RebootDecision Block(RebootNode node, RebootRecord record, string why, DateTimeOffset now)
    {
        var blocked = record.BlockedDrains + 1;
        var idle = record.Enter(RebootPhase.Idle, now, TunedNodeConditions.ReasonDrainBlocked, why) with
        {
            BlockedDrains = blocked,
            NotBefore = now + RebootTimes.Pause(blocked),
        };
        return new RebootDecision(
            new RebootView(TunedNodeConditions.ReasonDrainBlocked, why),
            new RebootStep.Release(node, idle) { News = new RebootNews(EventType.Warning, TunedNodeConditions.ReasonDrainBlocked, why) });
    }

    private static RebootStep.Release GiveBack(RebootNode node, RebootRecord record, DateTimeOffset now) =>
        new(node, record.Enter(RebootPhase.Idle, now));
}

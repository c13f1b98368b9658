using Latlab.Crds.TunedNodes;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>Decides about nodes that hold no slot, pure.</summary>
internal static class RebootCandidates
{
    public static RebootDecision Next(RebootNode node, RebootObservation observed, RebootFleet fleet, DateTimeOffset now)
    {
        if (node.IsCordonedByUs || node.Lease == LeaseHolder.Reboot)
        {
            // All was over, and the operator was killed before it gave the node back; or a cordon arrived late, as its sender had lost the
            // lead meanwhile.
            return new RebootDecision(null, new RebootStep.Release(node, node.Record));
        }

        if (!node.NeedsReboot)
        {
            return default;
        }

        var record = node.Record.For(node.Tuning!);
        if (RebootObstacles.Find(node, record, observed, fleet, now) is { } obstacle)
        {
            return obstacle;
        }

        if (record.NotBefore > now)
        {
            return new RebootDecision(
                new RebootView(
                    TunedNodeConditions.ReasonDrainBlocked,
                    $"could not be emptied and is tried again at {record.NotBefore:yyyy-MM-dd HH:mm 'UTC'}: {record.Message}"),
                Look: record.NotBefore);
        }

        if (fleet.Stopper is { } stopper)
        {
            return new RebootDecision(Stopped(stopper));
        }

        if (fleet.Free <= 0)
        {
            return new RebootDecision(new RebootView(
                TunedNodeConditions.ReasonWaitingForSlot,
                $"waits for other nodes: at most {fleet.Most} of {observed.Nodes.Count} may be out of work at once"));
        }

        fleet.Take(node);
        return new RebootDecision(
            new RebootView(TunedNodeConditions.ReasonDraining, "is the next to be emptied"),
            new RebootStep.TakeSlot(node, record.Enter(RebootPhase.Reserved, now))
            {
                News = new RebootNews(EventType.Normal, "RebootPlanned", "It needs a reboot, and may be out of work now"),
            });
    }

    public static RebootView Stopped(RebootNode stopper) =>
        new(
            TunedNodeConditions.ReasonWaitingForSlot,
            $"no further node is rebooted because of node \"{stopper.Name}\": {stopper.Record.Message}");
}

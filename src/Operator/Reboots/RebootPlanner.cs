namespace Latlab.Operator.Reboots;

/// <summary>
/// Decides what is done about the reboots of a TunedNode's nodes, pure. Never more nodes are out of work than may be, whatever is done in
/// which order: a slot is taken first, and used only when a later look at the API server finds it among no more than there are.
/// </summary>
internal static class RebootPlanner
{
    public static RebootPlan Plan(RebootObservation observed, DateTimeOffset now)
    {
        var fleet = new RebootFleet(observed);
        List<(RebootNode Node, RebootDecision Decision)> decisions = [];
        if (observed.AllowReboots)
        {
            decisions.AddRange(observed.Nodes.Where(node => node.Record.HoldsSlot)
                .Select(node => (node, UnderWay(node, observed, fleet, now))));
            // Those that could not be emptied come last, so that they keep nobody from a slot.
            decisions.AddRange(observed.Nodes.Where(node => !node.Record.HoldsSlot)
                .OrderBy(node => node.Record.BlockedDrains).ThenBy(node => node.Name, StringComparer.Ordinal)
                .Select(node => (node, RebootCandidates.Next(node, observed, fleet, now))));
        }
        else
        {
            // Nothing can be done, but it can be said.
            decisions.AddRange(observed.Nodes.Where(node => node.NeedsReboot)
                .Select(node => (node, new RebootDecision(observed.Rules.Bar))));
        }

        var taints = observed is { AllowReboots: true, Rules.IsAccepted: true } ? Taints(observed) : [];
        return new RebootPlan
        {
            Steps = [.. decisions.Select(d => d.Decision.Step).OfType<RebootStep>(), .. taints],
            Views = decisions.Where(d => d.Decision.View is not null).ToDictionary(d => d.Node.Name, d => d.Decision.View!),
            Slots = fleet.Slots,
            StoppedBy = fleet.Stopper?.Name,
            TaintIsLeftOut = observed is { AllowReboots: false, Rules.StartupTaint: true },
            NextLook = decisions.Min(d => d.Decision.Look),
        };
    }

    private static RebootDecision UnderWay(RebootNode node, RebootObservation observed, RebootFleet fleet, DateTimeOffset now) =>
        node.Record.Phase is RebootPhase.Reserved or RebootPhase.Draining
            ? RebootDraining.Next(node, observed, fleet, now)
            : RebootReturn.Next(node, observed, fleet, now);

    private static IEnumerable<RebootStep> Taints(RebootObservation observed)
    {
        var isDeleted = observed.TunedNode.Metadata.DeletionTimestamp is not null;
        foreach (var node in observed.Nodes)
        {
            switch (StartupTaint.IsWanted(node, observed.Rules, isDeleted), StartupTaint.IsOn(node.Machine))
            {
                case (true, false):
                    yield return new RebootStep.Taint(node);
                    break;
                case (false, true):
                    yield return new RebootStep.Untaint(node);
                    break;
            }
        }
    }
}

namespace Latlab.Operator.Reboots;

/// <summary>The slots of a TunedNode: which are taken, and by whom.</summary>
internal sealed class RebootFleet
{
    private readonly HashSet<string> _givesBack;
    private readonly HashSet<string> _takenControlPlane = [];
    private readonly RebootObservation _observed;

    public RebootFleet(RebootObservation observed)
    {
        _observed = observed;
        var holders = observed.Nodes.Where(node => node.Record.HoldsSlot).ToList();
        Slots = holders.Count;
        Most = observed.Rules.MaxUnavailable.Of(observed.Nodes.Count);
        // A node that is out of work for another reason is out of work, too.
        Free = Most - Slots - observed.Nodes.Count(node => !node.Record.HoldsSlot && !node.IsReady);
        Stopper = holders.Find(node => node.Record.Phase is RebootPhase.Lost or RebootPhase.Failed && node.Record.IsAbout(node.Tuning!) && !node.IsDone);
        // More than may be were taken, as a leader that lost its Lease was late, or nodes failed meanwhile: the youngest give back what they have not used.
        _givesBack = [.. holders.Where(node => node.Record.Phase == RebootPhase.Reserved)
            .OrderByDescending(node => node.Record.Since).ThenByDescending(node => node.Name, StringComparer.Ordinal)
            .Take(Math.Max(0, -Free)).Select(node => node.Name)];
    }

    public int Slots { get; }

    /// <summary>Most nodes that may be out of work.</summary>
    public int Most { get; }

    /// <summary>Slots that are left; below zero when more nodes are out of work than may be.</summary>
    public int Free { get; private set; }

    /// <summary>A node that does not come back as wished, so that no further one is rebooted.</summary>
    public RebootNode? Stopper { get; }

    public bool MustGiveBack(RebootNode node) => _givesBack.Contains(node.Name);

    public void Take(RebootNode node)
    {
        Free--;
        if (NodeAvailability.IsControlPlane(node.Machine))
        {
            _takenControlPlane.Add(node.Name);
        }
    }

    /// <summary>Whether no other node of the control plane works.</summary>
    public bool IsLastControlPlaneNode(RebootNode node) =>
        NodeAvailability.IsControlPlane(node.Machine) && !_observed.ControlPlane.Any(other => other.Name != node.Name && other.Works);

    /// <summary>
    /// Another node of the control plane that is rebooted first: two of three at once would cost the cluster its quorum. Of two that came to hold a slot at once, one is first.
    /// </summary>
    public string? OtherControlPlaneNode(RebootNode node) => !NodeAvailability.IsControlPlane(node.Machine) ? null
        : _takenControlPlane.FirstOrDefault(name => name != node.Name)
            ?? _observed.ControlPlane.FirstOrDefault(other => other.Name != node.Name && IsFirst(other, node))?.Name;

    private static bool IsFirst(ControlPlaneNode other, RebootNode node) => other.Phase switch
    {
        RebootPhase.Idle => false,
        RebootPhase.Reserved when node.Record.Phase == RebootPhase.Reserved => string.CompareOrdinal(other.Name, node.Name) < 0,
        RebootPhase.Reserved => !node.Record.HoldsSlot,
        _ => true,
    };
}

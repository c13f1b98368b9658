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
        // A node that is out of work for another reason is out of work, too; and one whose reboot is over until its cordon is gone.
        Free = Most - Slots - observed.Nodes.Count(node => !node.Record.HoldsSlot && (!node.IsReady || node.IsCordonedByUs));
        Stopper = holders.Find(
            node => node.Record.Phase is RebootPhase.Lost or RebootPhase.Failed && node.Record.IsAbout(node.Tuning!) && !node.IsDone);
        // More than may be were taken, as a leader that lost its Lease was late, or nodes failed meanwhile: those give back that can,
        // first to whom nothing was done yet, and of these the youngest.
        _givesBack = [.. holders.Where(node => node.Record.Phase is RebootPhase.Reserved or RebootPhase.Draining)
            .OrderBy(node => node.Record.Phase).ThenByDescending(node => node.Record.Since)
            .ThenByDescending(node => node.Name, StringComparer.Ordinal)
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

    /// <summary>
    /// Nodes of the control plane that have to work besides one that is rebooted: the quorum of all, as etcd has it. Of two there is none
    /// without both; there it is the other one.
    /// </summary>
    public int NeededPeers => _observed.ControlPlane.Count <= 2 ? 1 : (_observed.ControlPlane.Count / 2) + 1;

    /// <summary>Nodes of the control plane, but for this one, that work.</summary>
    public int WorkingPeers(RebootNode node) => _observed.ControlPlane.Count(other => other.Name != node.Name && other.Works);

    /// <summary>Whether the control plane would not do without it.</summary>
    public bool IsNeededByControlPlane(RebootNode node) =>
        NodeAvailability.IsControlPlane(node.Machine) && WorkingPeers(node) < NeededPeers;

    /// <summary>
    /// Another node of the control plane that is rebooted first: two of three at once would cost the cluster its quorum. Of two that came
    /// to hold a slot at once, one is first.
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

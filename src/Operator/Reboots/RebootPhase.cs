namespace Latlab.Operator.Reboots;

/// <summary>How far a node is on its way through a reboot. All but <see cref="Idle"/> hold a slot of the TunedNode.</summary>
internal enum RebootPhase
{
    /// <summary>Nothing is done, or all is done.</summary>
    Idle,

    /// <summary>
    /// It has a slot. Nothing is done to the node before all slots were counted once more, at the API server, with this one among them.
    /// </summary>
    Reserved,

    /// <summary>It is cordoned, and its pods are evicted.</summary>
    Draining,

    /// <summary>Its agent may reboot it.</summary>
    Rebooting,

    /// <summary>It runs another boot, and is not as wished yet.</summary>
    Settling,

    /// <summary>It did not come back in time; it stays cordoned.</summary>
    Lost,

    /// <summary>It is back and does its work, and not everything is in effect.</summary>
    Failed,
}

namespace Latlab.Crds.TunedNodes;

/// <summary>Condition types and reasons of a TunedNode.</summary>
public static class TunedNodeConditions
{
    /// <summary>The spec is one that can be carried out.</summary>
    public const string Accepted = "Accepted";

    /// <summary>Every knob is in effect on every matching node, read back from the kernel.</summary>
    public const string Effective = "Effective";

    /// <summary>Another TunedNode claims a node that this one matches, too; the older one keeps it.</summary>
    public const string Conflict = "Conflict";

    /// <summary>
    /// kubelet offers the hugepages that there are to pods, neither fewer nor more, on every node. It counts them when it starts. Absent when
    /// the spec asks for none and all are counted.
    /// </summary>
    public const string HugePagesAllocatable = "HugePagesAllocatable";

    /// <summary>
    /// Kubelet of every node gives pods isolated CPUs for their own, and no others
    /// (<see cref="NodeTunings.NodeTuningConditions.KubeletAligned"/>). Absent where no CPU is isolated.
    /// </summary>
    public const string KubeletAligned = "KubeletAligned";

    /// <summary>
    /// A node's running kernel was booted otherwise than is written, or a node is being rebooted. Absent when no node is so and the spec is
    /// not about it.
    /// </summary>
    public const string RebootPending = "RebootPending";

    /// <summary>Reason of <see cref="Accepted"/> when all is well.</summary>
    public const string ReasonValid = "Valid";

    /// <summary>
    /// Reason of <see cref="Accepted"/> when all but <c>disruption.startupTaint</c> can be carried out, as the operator was installed without
    /// <c>boot.enabled</c>.
    /// </summary>
    public const string ReasonStartupTaintNotEnabled = "StartupTaintNotEnabled";

    /// <summary>Reason when a field has a value that cannot be.</summary>
    public const string ReasonInvalid = "Invalid";

    /// <summary>Reason of <see cref="Effective"/> when every knob is.</summary>
    public const string ReasonAllInEffect = "AllInEffect";

    /// <summary>Reason of <see cref="Effective"/> while at least one node is not done.</summary>
    public const string ReasonNodesNotInEffect = "NodesNotInEffect";

    /// <summary>Reason of <see cref="Effective"/> when no node matches.</summary>
    public const string ReasonNoNodes = "NoMatchingNodes";

    /// <summary>
    /// Reason of <see cref="Effective"/>, and of a problem node, while the object is being deleted and a run still holds one of its nodes.
    /// </summary>
    public const string ReasonWaitingForRun = "WaitingForRun";

    /// <summary>
    /// Reason of <see cref="Effective"/>, and of a problem node that nothing is known to keep, while the object is being deleted and nodes
    /// are restored. The message names a node that hangs, and why.
    /// </summary>
    public const string ReasonRestoring = "Restoring";

    /// <summary>Reason of a problem node that a run holds, or that another TunedNode has not given up yet.</summary>
    public const string ReasonWaiting = "Waiting";

    /// <summary>Reason of a problem node whose agent has not reported on the newest spec yet.</summary>
    public const string ReasonAgentPending = "AgentPending";

    /// <summary>
    /// Reason of <see cref="Effective"/>, and of a problem node, when all was in effect at the last look, and the node's agent does not look any
    /// more: its pod is gone, or not ready.
    /// </summary>
    public const string ReasonAgentNotReady = "AgentNotReady";

    /// <summary>Reason of <see cref="HugePagesAllocatable"/> when it is so.</summary>
    public const string ReasonCounted = "Counted";

    /// <summary>Reason of <see cref="HugePagesAllocatable"/> when it is not.</summary>
    public const string ReasonKubeletRestartNeeded = "KubeletRestartNeeded";

    /// <summary>Reason of <see cref="HugePagesAllocatable"/> when a node's kubelet is being restarted for it.</summary>
    public const string ReasonRestartingKubelet = "RestartingKubelet";

    /// <summary>Reason of <see cref="Conflict"/> when there is one.</summary>
    public const string ReasonNodeClaimed = "NodeClaimed";

    /// <summary>Reason of <see cref="Conflict"/> when there is none.</summary>
    public const string ReasonNone = "None";

    /// <summary>Reason of <see cref="RebootPending"/> when no node is.</summary>
    public const string ReasonNoRebootPending = "NoRebootPending";

    /// <summary>
    /// Reason of <see cref="RebootPending"/> when a node does not come back as wished: no further one is rebooted before somebody has
    /// looked.
    /// </summary>
    public const string ReasonRolloutStopped = "RolloutStopped";

    /// <summary>Reason of a node that an administrator is to reboot, or that cannot be rebooted yet; the message says why.</summary>
    public const string ReasonWaitingForReboot = "WaitingForReboot";

    /// <summary>Reason of a node that is to be rebooted, by an operator that was installed without <c>boot.enabled</c>.</summary>
    public const string ReasonRebootsNotEnabled = "RebootsNotEnabled";

    /// <summary>Reason of a node whose reboot waits for <c>disruption.window</c>.</summary>
    public const string ReasonWaitingForWindow = "WaitingForWindow";

    /// <summary>Reason of a node whose reboot waits for other nodes' (<c>disruption.maxUnavailable</c>).</summary>
    public const string ReasonWaitingForSlot = "WaitingForSlot";

    /// <summary>Reason of a node that is being emptied for its reboot.</summary>
    public const string ReasonDraining = "Draining";

    /// <summary>Reason of a node that could not be emptied; the message names the pod, and what keeps it.</summary>
    public const string ReasonDrainBlocked = "DrainBlocked";

    /// <summary>Reason of a node that may reboot, or is back and not yet as wished.</summary>
    public const string ReasonRebooting = "Rebooting";

    /// <summary>Reason of a node that did not come back in time.</summary>
    public const string ReasonRebootTimedOut = "RebootTimedOut";

    /// <summary>Reason of a node that came back, and not everything is in effect.</summary>
    public const string ReasonNotInEffectAfterReboot = "NotInEffectAfterReboot";

    /// <summary>Reason of a node that needs a reboot after all that it may have for the same boot arguments.</summary>
    public const string ReasonRebootExhausted = "RebootExhausted";

    /// <summary>Reason of a node without which too few of the control plane would work.</summary>
    public const string ReasonLastControlPlaneNode = "LastControlPlaneNode";
}

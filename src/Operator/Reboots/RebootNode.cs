using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>A node of a TunedNode: what it is, what its agent says, and how far its reboot is.</summary>
internal sealed record RebootNode
{
    private RebootRecord? _record;
    private RebootBudget? _budget;

    public required V1Node Machine { get; init; }

    /// <summary>Null when none was made yet.</summary>
    public V1Alpha1NodeTuning? Tuning { get; init; }

    /// <summary>Who has the node's Lease.</summary>
    public LeaseHolder Lease { get; init; }

    /// <summary>The run that has it, in words.</summary>
    public string? Run { get; init; }

    /// <summary>Pods on it; null when nobody looked.</summary>
    public IReadOnlyList<V1Pod>? Pods { get; init; }

    public string Name => Machine.Metadata.Name;

    /// <summary>Read once: it is asked for many times, and there may be thousands of nodes.</summary>
    public RebootRecord Record => _record ??= RebootRecord.Of(Tuning);

    public bool IsReady => NodeAvailability.IsReady(Machine);

    public bool IsCordoned => Machine.Spec?.Unschedulable == true;

    /// <summary>Whether a reboot of this NodeTuning cordoned it.</summary>
    public bool IsCordonedByUs => CordonMark.Of(Machine) is { } mark && mark == Tuning?.Metadata.Uid;

    /// <summary>The running boot, by the agent's word.</summary>
    public string? BootId => Tuning?.Status?.BootId;

    /// <summary>The same by kubelet's word; null when kubelet has said nothing.</summary>
    public string? KubeletBootId => Machine.Status?.NodeInfo?.BootID is { Length: > 0 } id ? id : null;

    public bool IsBeingGivenUp => Tuning?.Metadata.DeletionTimestamp is not null;

    /// <summary>
    /// Whether a reboot would bring something into effect, or take it out, and the agent is done with all that goes before.
    /// </summary>
    public bool NeedsReboot => BootId is { Length: > 0 } && IsCarriedOut && IsRebootRequired;

    /// <summary>Whether the agent has carried out what is wished now, and no reboot is left to do.</summary>
    public bool NeedsNoReboot => IsCarriedOut && !IsRebootRequired;

    /// <summary>Whether the reboot did what it was for, and the node works.</summary>
    public bool IsDone => NeedsNoReboot && IsReady && (IsBeingGivenUp || NodeTuningState.IsEffective(Tuning!) || IsAsBeforeItsReboot);

    /// <summary>Knobs that are not in effect, and that no reboot brings into effect.</summary>
    public string Unmet => string.Join('\n', Ledger.Where(entry => entry.State is not (KnobState.InEffect or KnobState.RebootRequired)).Select(entry => entry.Knob));

    /// <summary>What its NodeTuning has left of reboots.</summary>
    public RebootBudget Budget => _budget ??= RebootBudget.Of(Machine, Tuning!);

    /// <summary>Whether agent and kubelet both run in another boot than the one that the agent was let end.</summary>
    public bool RunsNewBoot => BootId is { } id && id != Record.BootId && (KubeletBootId is not { } kubelet || kubelet == id);

    /// <summary>What the ledger says of it: first of that which was otherwise before its reboot.</summary>
    public string Verdict => NotAsBefore.FirstOrDefault(entry => entry.Message is not null) is { } worse
        ? $"{worse.Knob} {worse.State}: {worse.Message}"
        : Tuning?.Status?.Conditions.Get(NodeTuningConditions.Effective)?.Message ?? "its agent has not reported yet";

    /// <summary>Whether one more reboot is within what the TunedNode lets it have.</summary>
    public bool MayReboot(RebootRules rules) => BootId is { } boot && Budget.Allows(boot, IsBeingGivenUp, rules.MaxReboots);

    private IReadOnlyList<LedgerEntry> Ledger => Tuning?.Status?.Ledger ?? [];

    private IEnumerable<LedgerEntry> NotInEffect => Ledger.Where(entry => entry.State != KnobState.InEffect);

    private IEnumerable<LedgerEntry> NotAsBefore
    {
        get
        {
            var before = (Record.Unmet ?? "").Split('\n').ToHashSet();
            return NotInEffect.Where(entry => !before.Contains(entry.Knob));
        }
    }

    /// <summary>
    /// Whether all that is not in effect was not before the reboot either, and was no reason for it: e.g. a knob that this machine does not
    /// have. That is a condition of this node, and keeps no other one from its reboot.
    /// </summary>
    private bool IsAsBeforeItsReboot => Record.For(Tuning!).Unmet switch
    {
        null => false,
        RebootRecord.Anything => true,
        _ => NotInEffect.Any() && !NotAsBefore.Any(),
    };

    private bool IsRebootRequired => Tuning?.Status?.Conditions.IsTrue(NodeTuningConditions.RebootRequired) == true;

    /// <summary>
    /// Whether the agent is done with what is wished now, in the boot that runs: after a reboot by hand it still speaks of the last one
    /// until its pod is up.
    /// </summary>
    private bool IsCarriedOut => Tuning?.Status is { } status
        && (KubeletBootId is not { } id || id == status.BootId)
        && (IsBeingGivenUp
            ? status.Conditions.IsTrue(NodeTuningConditions.Restored)
            : status.ObservedGeneration == Tuning.Metadata.Generation);
}

/// <summary>Who has a node's Lease.</summary>
internal enum LeaseHolder
{
    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>The node's reboot.</summary>
    Reboot,

    /// <summary>A run, or something else that has not ended.</summary>
    Other,
}

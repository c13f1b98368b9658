namespace Latlab.Crds.NodeTunings;

/// <summary>Condition types and reasons of a NodeTuning.</summary>
public static class NodeTuningConditions
{
    /// <summary>Every knob of the observed generation is in effect, read back from the kernel.</summary>
    public const string Effective = "Effective";

    /// <summary>Everything that the agent had changed is as it was before. Set while the object is being deleted.</summary>
    public const string Restored = "Restored";

    /// <summary>
    /// The boot configuration is written, and the running kernel was booted otherwise: a reboot would bring something into effect, or take
    /// it out. Also set while the object is being deleted. False when a reboot would change nothing, e.g. as the kernel dropped an
    /// argument.
    /// </summary>
    public const string RebootRequired = "RebootRequired";

    /// <summary>No gap on an isolated CPU was longer than <c>noiseCheck.maxGap</c>, after tuning. Absent without that field.</summary>
    public const string Quiet = "Quiet";

    /// <summary>
    /// Kubelet gives pods isolated CPUs for their own, and no others; the message of one that does not has the remedy. Absent where no CPU
    /// is isolated. What latlab measures does not wait for it.
    /// </summary>
    public const string KubeletAligned = "KubeletAligned";

    /// <summary>Reason of <see cref="Effective"/> when every knob is.</summary>
    public const string ReasonAllInEffect = "AllInEffect";

    /// <summary>Reason of <see cref="Effective"/> when a knob is not; the message names the first ones.</summary>
    public const string ReasonKnobsNotInEffect = "KnobsNotInEffect";

    /// <summary>Reason of <see cref="Effective"/> when all that is missing are arguments that the kernel was not booted with.</summary>
    public const string ReasonRebootRequired = "RebootRequired";

    /// <summary>Reason of <see cref="Quiet"/> when it is so.</summary>
    public const string ReasonWithinLimit = "WithinLimit";

    /// <summary>Reason of <see cref="Quiet"/> when it is not.</summary>
    public const string ReasonGapTooLong = "GapTooLong";

    /// <summary>Reason of <see cref="Quiet"/> when nobody could look.</summary>
    public const string ReasonLookFailed = "LookFailed";

    /// <summary>Reason of <see cref="KubeletAligned"/> when it is so.</summary>
    public const string ReasonAligned = "Aligned";

    /// <summary>Reason of <see cref="KubeletAligned"/> when it is not.</summary>
    public const string ReasonMisaligned = "Misaligned";

    /// <summary>Reason of <see cref="KubeletAligned"/> when nobody could look.</summary>
    public const string ReasonKubeletNotSeen = "KubeletNotSeen";

    /// <summary>Reason of <see cref="RebootRequired"/> when it is so.</summary>
    public const string ReasonBootConfigurationStaged = "BootConfigurationStaged";

    /// <summary>Reason of <see cref="RebootRequired"/> when it is not.</summary>
    public const string ReasonNothingStaged = "NothingStaged";

    /// <summary>Reason when a value was changed by something else.</summary>
    public const string ReasonDrifted = "Drifted";

    /// <summary>Reason of <see cref="Restored"/> when it is so.</summary>
    public const string ReasonRestored = "PriorStateRestored";

    /// <summary>Reason of <see cref="Restored"/> when something could not be put back; the message says what.</summary>
    public const string ReasonRestoreFailed = "RestoreFailed";
}

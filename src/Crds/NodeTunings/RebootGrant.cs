namespace Latlab.Crds.NodeTunings;

/// <summary>
/// How the operator lets an agent reboot its node: an annotation on the NodeTuning. It names the boot that may be ended, so that a grant is
/// good for one reboot, however often it is read.
/// </summary>
public static class RebootGrant
{
    /// <summary>
    /// The boot (<see cref="NodeTuningStatus.BootId"/>) that the agent may end. It does so when that is the running one, the newest wish
    /// was carried out, and <see cref="NodeTuningConditions.RebootRequired"/> still holds.
    /// </summary>
    public const string BootIdAnnotation = ApiGroup.Name + "/reboot-boot-id";

    /// <summary>How many the NodeTuning was given, for people. (The Node has an annotation of that name, which is the budget.)</summary>
    public const string CountAnnotation = ApiGroup.Name + "/reboots";
}

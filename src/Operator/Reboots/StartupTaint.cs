using k8s.Models;
using Latlab.Crds;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Reboots;

/// <summary>The taint that keeps work off a node until it is tuned.</summary>
internal static class StartupTaint
{
    public const string Key = ApiGroup.Name + "/not-tuned";

    public const string Effect = "NoSchedule";

    public static bool IsOn(V1Node node) => node.Spec?.Taints?.Any(Is) == true;

    public static bool Is(V1Taint taint) => taint.Key == Key;

    /// <summary>
    /// Whether the node must have it: the policy is on, and the tuning is not in effect in the boot that kubelet speaks of.
    /// </summary>
    public static bool IsWanted(RebootNode node, RebootRules rules, bool tunedNodeIsDeleted) =>
        rules.StartupTaint && !tunedNodeIsDeleted && !node.IsBeingGivenUp && !IsTuned(node);

    private static bool IsTuned(RebootNode node) =>
        node.Tuning is { } tuning && NodeTuningState.IsEffective(tuning) && (node.KubeletBootId is not { } id || node.BootId == id);
}

using Latlab.Crds.Conditions;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Reboots;

/// <summary>Makes the condition of a TunedNode that is about reboots, pure.</summary>
internal static class RebootStatus
{
    /// <summary>Of several nodes, the one is named about which there is most to do.</summary>
    private static readonly string[] Weight =
    [
        TunedNodeConditions.ReasonRebootTimedOut,
        TunedNodeConditions.ReasonRebootExhausted,
        TunedNodeConditions.ReasonNotInEffectAfterReboot,
        TunedNodeConditions.ReasonDrainBlocked,
        TunedNodeConditions.ReasonLastControlPlaneNode,
        TunedNodeConditions.ReasonRebootsNotEnabled,
        TunedNodeConditions.ReasonRebooting,
        TunedNodeConditions.ReasonDraining,
        TunedNodeConditions.ReasonWaitingForReboot,
        TunedNodeConditions.ReasonWaitingForRun,
        TunedNodeConditions.ReasonWaitingForWindow,
        TunedNodeConditions.ReasonWaitingForSlot,
    ];

    public static IReadOnlyList<Condition> WithReboots(
        this IReadOnlyList<Condition> conditions, V1Alpha1TunedNode tunedNode, RebootPlan? plan, DateTimeOffset now)
    {
        if (plan is null || (plan.Views.Count == 0 && tunedNode.Spec is { Boot: null, Disruption: null }))
        {
            return [.. conditions.Where(condition => condition.Type != TunedNodeConditions.RebootPending)];
        }

        var generation = tunedNode.Metadata.Generation;
        if (plan.Views.Count == 0)
        {
            return conditions.With(
                TunedNodeConditions.RebootPending,
                ConditionStatus.False,
                TunedNodeConditions.ReasonNoRebootPending,
                "no node needs a reboot",
                generation,
                now);
        }

        var named = plan.StoppedBy is { } stopper && plan.Views.TryGetValue(stopper, out var why)
            ? (Node: stopper, View: why)
            : plan.Views.OrderBy(view => Array.IndexOf(Weight, view.Value.Reason)).ThenBy(view => view.Key, StringComparer.Ordinal)
                .Select(view => (Node: view.Key, View: view.Value)).First();
        return conditions.With(
            TunedNodeConditions.RebootPending,
            ConditionStatus.True,
            plan.StoppedBy is null ? named.View.Reason : TunedNodeConditions.ReasonRolloutStopped,
            $"{plan.Views.Count} nodes; \"{named.Node}\": {named.View.Message}",
            generation,
            now);
    }
}

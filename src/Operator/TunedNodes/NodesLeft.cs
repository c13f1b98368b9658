using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.TunedNodes;

/// <summary>Which nodes of a TunedNode that is being deleted are still to be restored, and what keeps each of them. Pure.</summary>
internal static class NodesLeft
{
    /// <summary>First those that wait for somebody, then those that a run holds, last those that are only not done yet.</summary>
    public static IReadOnlyList<ProblemNode> Of(TunedNodeObservation observed, IEnumerable<V1Alpha1NodeTuning> own) =>
        [.. own.Select(tuning => Of(observed, tuning)).OrderBy(Weight).ThenBy(node => node.Name, StringComparer.Ordinal)];

    private static int Weight(ProblemNode node) => node.Reason switch
    {
        TunedNodeConditions.ReasonRestoring => 2,
        TunedNodeConditions.ReasonWaitingForRun => 1,
        _ => 0,
    };

    private static ProblemNode Of(TunedNodeObservation observed, V1Alpha1NodeTuning tuning)
    {
        var name = tuning.Metadata.Name;
        var (reason, message) = tuning.Metadata.DeletionTimestamp is not null
            ? Restoring(tuning, observed.AgentProblems.GetValueOrDefault(name), observed.Reboots?.Views.GetValueOrDefault(name))
            : observed.ReservedNodes.Contains(name)
                ? (TunedNodeConditions.ReasonWaitingForRun, "a run holds it; it is restored when the run has ended. Delete the experiment to end it now")
                : (TunedNodeConditions.ReasonRestoring, "is about to be restored");
        return new ProblemNode { Name = name, Reason = reason, Message = message };
    }

    private static (string Reason, string Message) Restoring(V1Alpha1NodeTuning tuning, string? agent, RebootView? reboot) =>
        (tuning.Status?.Conditions.Get(NodeTuningConditions.Restored), agent) switch
        {
            // Its files and knobs are as they were; what is left is the operator's.
            ({ Status: ConditionStatus.True }, _) => reboot is not null
                ? (reboot.Reason, reboot.Message)
                : (TunedNodeConditions.ReasonRestoring, "is restored, and let go in a moment"),
            ({ Message: var failure }, { } problem) => (TunedNodeConditions.ReasonAgentNotReady, $"{problem}; its last word: {failure}"),
            (null, { } problem) => (TunedNodeConditions.ReasonAgentNotReady, $"nobody restores it: {problem}"),
            ({ } failed, null) => (failed.Reason, failed.Message),
            _ => (TunedNodeConditions.ReasonRestoring, "its agent has not put it back yet; see `kubectl get pods -A -l app.kubernetes.io/component=agent`"),
        };
}

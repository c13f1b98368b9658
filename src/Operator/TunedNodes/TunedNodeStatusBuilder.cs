using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// Makes the status of a TunedNode, pure. It stays below 10 KiB whatever agents and users write: ten problem nodes of 500 characters, and
/// six conditions of 600 and what JSON adds. The whole texts are in the NodeTunings.
/// </summary>
internal static class TunedNodeStatusBuilder
{
    private const int MostProblemNodes = 10;
    private const int LongestProblem = 500;
    private const int LongestCondition = 600;

    public static TunedNodeStatus Refused(V1Alpha1TunedNode tunedNode, IReadOnlyList<Refusal> refusals, DateTimeOffset now)
    {
        var last = tunedNode.Status ?? new TunedNodeStatus();
        var generation = tunedNode.Metadata.Generation;
        return last with
        {
            ObservedGeneration = generation,
            Conditions = Bounded(last.Conditions
                .With(TunedNodeConditions.Accepted, ConditionStatus.False, TunedNodeConditions.ReasonInvalid, Refusal.Message(refusals), generation, now)
                .With(TunedNodeConditions.Effective, ConditionStatus.False, TunedNodeConditions.ReasonInvalid, "the spec is not accepted", generation, now)),
        };
    }

    public static TunedNodeStatus Accepted(
        V1Alpha1TunedNode tunedNode, NodeTuningSpec wish, IReadOnlyList<NodeView> nodes, RebootPlan? reboots, DateTimeOffset now)
    {
        // Those that are known to be wrong come before those that nobody looks at.
        var problems = nodes.Select(Problem).OfType<ProblemNode>().OrderBy(IsUnwatched).ToList();
        var effective = nodes.Count - problems.Count;
        var claimed = nodes.Where(n => n.ClaimedBy is not null).ToList();
        var generation = tunedNode.Metadata.Generation;
        var (status, reason, message) = Effective(nodes.Count, effective, problems);
        var (acceptedAs, remark) = Accepted(reboots);
        var accepted = new TunedNodeStatus
        {
            ObservedGeneration = generation,
            MatchedNodes = nodes.Count,
            EffectiveNodes = effective,
            ProblemNodes = [.. problems.Take(MostProblemNodes).Select(Bounded)],
            Conditions = (tunedNode.Status?.Conditions ?? [])
                .With(TunedNodeConditions.Accepted, ConditionStatus.True, acceptedAs, remark, generation, now)
                .With(TunedNodeConditions.Effective, status, reason, message, generation, now)
                .With(
                    TunedNodeConditions.Conflict,
                    claimed.Count > 0 ? ConditionStatus.True : ConditionStatus.False,
                    claimed.Count > 0 ? TunedNodeConditions.ReasonNodeClaimed : TunedNodeConditions.ReasonNone,
                    claimed.Count > 0
                        ? $"node \"{claimed[0].Name}\" belongs to TunedNode \"{claimed[0].ClaimedBy}\"; change one of the two selectors"
                        : "no other TunedNode has a node of this one",
                    generation,
                    now),
        };
        IReadOnlyList<Condition> conditions = [.. HugePages(accepted.Conditions, wish, nodes, generation, now)];
        conditions = [.. KubeletAlignment.Into(conditions, nodes, generation, now)];
        return accepted with { Conditions = Bounded(conditions.WithReboots(tunedNode, reboots, now)) };
    }

    /// <summary>While it is being deleted.</summary>
    /// <param name="tunedNode">The TunedNode.</param>
    /// <param name="left">Its nodes that are still to be restored, and why: first those that wait for somebody.</param>
    /// <param name="reboots">How their reboots stand.</param>
    /// <param name="now">The time.</param>
    public static TunedNodeStatus Deleting(V1Alpha1TunedNode tunedNode, IReadOnlyList<ProblemNode> left, RebootPlan? reboots, DateTimeOffset now)
    {
        var last = tunedNode.Status ?? new TunedNodeStatus();
        return last with
        {
            ProblemNodes = [.. left.Take(MostProblemNodes).Select(Bounded)],
            Conditions = Bounded(last.Conditions.With(
                TunedNodeConditions.Effective,
                ConditionStatus.False,
                left is [{ Reason: TunedNodeConditions.ReasonWaitingForRun }, ..] ? TunedNodeConditions.ReasonWaitingForRun : TunedNodeConditions.ReasonRestoring,
                left is [var first, ..] ? $"{left.Count} nodes are still to be restored; \"{first.Name}\": {first.Message}" : "every node is restored",
                tunedNode.Metadata.Generation,
                now).WithReboots(tunedNode, reboots, now)),
        };
    }

    private static (string Reason, string Message) Accepted(RebootPlan? reboots) => reboots is { TaintIsLeftOut: true }
        ? (TunedNodeConditions.ReasonStartupTaintNotEnabled,
            "the spec can be carried out, but for disruption.startupTaint: the operator may neither taint nodes nor take the taint away. "
                + "Install the chart with boot.enabled=true, or set startupTaint: false")
        : (TunedNodeConditions.ReasonValid, "the spec can be carried out");

    private static IEnumerable<Condition> HugePages(
        IReadOnlyList<Condition> conditions, NodeTuningSpec wish, IReadOnlyList<NodeView> nodes, long? generation, DateTimeOffset now)
    {
        const string Type = TunedNodeConditions.HugePagesAllocatable;
        var miscounted = nodes.Where(node => node.Miscounted is not null).ToList();
        if (miscounted.Count > 0)
        {
            return conditions.With(
                Type, ConditionStatus.False,
                miscounted.All(KubeletRestarts.IsUnderWay) ? TunedNodeConditions.ReasonRestartingKubelet : TunedNodeConditions.ReasonKubeletRestartNeeded,
                $"{miscounted.Count} of {nodes.Count} nodes; \"{miscounted[0].Name}\": {miscounted[0].Miscounted}: {KubeletRestarts.Words(miscounted[0])}", generation, now);
        }

        if (wish.Memory?.HugePages is not { Count: > 0 } && wish.Kernel?.Arguments.Any(BootPools.Asks) != true)
        {
            return conditions.Where(condition => condition.Type != Type);
        }

        var unseen = nodes.Count(node => node.ClaimedBy is null && !KubeletHugePages.AreSeen(node.Tuning));
        return unseen > 0 || nodes.Count == 0
            ? conditions.With(
                Type, ConditionStatus.Unknown, TunedNodeConditions.ReasonAgentPending,
                $"of {unseen} of {nodes.Count} nodes no agent has said yet how many hugepages there are", generation, now)
            : conditions.With(Type, ConditionStatus.True, TunedNodeConditions.ReasonCounted, "kubelet offers the hugepages that there are to pods", generation, now);
    }

    private static (ConditionStatus Status, string Reason, string Message) Effective(int matched, int effective, List<ProblemNode> problems) =>
        (matched, problems.Count) switch
        {
            (0, _) => (ConditionStatus.False, TunedNodeConditions.ReasonNoNodes, "no node matches; see `kubectl get nodes --show-labels`"),
            (_, 0) => (ConditionStatus.True, TunedNodeConditions.ReasonAllInEffect, $"in effect on all {matched} nodes, read back from the kernel"),
            _ when problems.All(IsUnwatched) => (ConditionStatus.Unknown, TunedNodeConditions.ReasonAgentNotReady,
                $"nobody looks at {problems.Count} of {matched} nodes; \"{problems[0].Name}\": {problems[0].Message}"),
            _ => (ConditionStatus.False, TunedNodeConditions.ReasonNodesNotInEffect,
                $"in effect on {effective} of {matched} nodes; \"{problems[0].Name}\": {problems[0].Message}"),
        };

    private static bool IsUnwatched(ProblemNode problem) => problem.Reason == TunedNodeConditions.ReasonAgentNotReady;

    private static ProblemNode Bounded(ProblemNode problem) => problem with
    {
        Message = problem.Message.Shortened(
            Math.Max(0, LongestProblem - problem.Name.Length - problem.Reason.Length - Whole(problem.Name).Length), Whole(problem.Name)),
    };

    private static IReadOnlyList<Condition> Bounded(IReadOnlyList<Condition> conditions) =>
        [.. conditions.Select(condition => condition with { Message = condition.Message.Shortened(
            LongestCondition, condition.Type == TunedNodeConditions.Accepted ? " (correct these first)" : " (whole: kubectl describe ntn, of that node)") })];

    private static string Whole(string node) => $" (whole: kubectl describe ntn {node})";

    private static ProblemNode? Problem(NodeView node)
    {
        if (node.ClaimedBy is not null)
        {
            return new ProblemNode { Name = node.Name, Reason = TunedNodeConditions.ReasonNodeClaimed, Message = $"belongs to TunedNode \"{node.ClaimedBy}\"" };
        }

        if (node.Waiting is not null)
        {
            return new ProblemNode { Name = node.Name, Reason = TunedNodeConditions.ReasonWaiting, Message = node.Waiting };
        }

        var tuning = node.Tuning;
        if (tuning?.Status is not { } status || node.Wish is not null || status.ObservedGeneration != tuning.Metadata.Generation)
        {
            return new ProblemNode { Name = node.Name, Reason = TunedNodeConditions.ReasonAgentPending, Message = "its agent has not reported yet; see `kubectl get pods -A -l app.kubernetes.io/component=agent`" };
        }

        return (status.Conditions.Get(NodeTuningConditions.Effective), node.Reboot) switch
        {
            ({ Status: not ConditionStatus.True }, { } reboot) => new ProblemNode { Name = node.Name, Reason = reboot.Reason, Message = reboot.Message },
            ({ Status: not ConditionStatus.True } condition, _) => new ProblemNode { Name = node.Name, Reason = condition.Reason, Message = condition.Message },
            _ => node.Agent is { } agent
                ? new ProblemNode { Name = node.Name, Reason = TunedNodeConditions.ReasonAgentNotReady, Message = $"all was in effect at the last look, and {agent}" }
                : null,
        };
    }
}

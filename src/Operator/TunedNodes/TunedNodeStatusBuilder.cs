using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.TunedNodes;

/// <summary>Makes the status of a TunedNode, pure.</summary>
internal static class TunedNodeStatusBuilder
{
    private const int MostProblemNodes = 10;

    public static TunedNodeStatus Refused(V1Alpha1TunedNode tunedNode, IReadOnlyList<Refusal> refusals, DateTimeOffset now)
    {
        var last = tunedNode.Status ?? new TunedNodeStatus();
        var generation = tunedNode.Metadata.Generation;
        return last with
        {
            ObservedGeneration = generation,
            Conditions = last.Conditions
                .With(TunedNodeConditions.Accepted, ConditionStatus.False, TunedNodeConditions.ReasonInvalid, Refusal.Message(refusals), generation, now)
                .With(TunedNodeConditions.Effective, ConditionStatus.False, TunedNodeConditions.ReasonInvalid, "the spec is not accepted", generation, now),
        };
    }

    public static TunedNodeStatus Accepted(V1Alpha1TunedNode tunedNode, IReadOnlyList<NodeView> nodes, RebootPlan? reboots, DateTimeOffset now)
    {
        var problems = nodes.Select(Problem).OfType<ProblemNode>().ToList();
        var effective = nodes.Count - problems.Count;
        var claimed = nodes.Where(n => n.ClaimedBy is not null).ToList();
        var generation = tunedNode.Metadata.Generation;
        var (status, reason, message) = Effective(nodes.Count, effective, problems);
        var accepted = new TunedNodeStatus
        {
            ObservedGeneration = generation,
            MatchedNodes = nodes.Count,
            EffectiveNodes = effective,
            ProblemNodes = [.. problems.Take(MostProblemNodes)],
            Conditions = (tunedNode.Status?.Conditions ?? [])
                .With(TunedNodeConditions.Accepted, ConditionStatus.True, TunedNodeConditions.ReasonValid, "the spec can be carried out", generation, now)
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
        IReadOnlyList<Condition> conditions = [.. HugePages(accepted.Conditions, tunedNode, nodes, now)];
        conditions = [.. KubeletAlignment.Into(conditions, nodes, generation, now)];
        return accepted with { Conditions = conditions.WithReboots(tunedNode, reboots, now) };
    }

    public static TunedNodeStatus Deleting(V1Alpha1TunedNode tunedNode, int nodesLeft, IReadOnlyList<string> heldNodes, RebootPlan? reboots, DateTimeOffset now)
    {
        var last = tunedNode.Status ?? new TunedNodeStatus();
        var waiting = heldNodes.Count > 0;
        return last with
        {
            Conditions = last.Conditions.With(
                TunedNodeConditions.Effective,
                ConditionStatus.False,
                waiting ? TunedNodeConditions.ReasonWaitingForRun : TunedNodeConditions.ReasonRestoring,
                waiting
                    ? $"a run holds node \"{heldNodes[0]}\"; it is restored when the run has ended. Delete the experiment to end it now"
                    : $"{nodesLeft} nodes are being restored",
                tunedNode.Metadata.Generation,
                now).WithReboots(tunedNode, reboots, now),
        };
    }

    private static IEnumerable<Condition> HugePages(
        IReadOnlyList<Condition> conditions, V1Alpha1TunedNode tunedNode, IReadOnlyList<NodeView> nodes, DateTimeOffset now)
    {
        if ((tunedNode.Spec.Memory?.HugePages ?? []).Count == 0)
        {
            return conditions.Where(condition => condition.Type != TunedNodeConditions.HugePagesAllocatable);
        }

        var uncounted = nodes.Where(node => node.Uncounted is not null).ToList();
        var generation = tunedNode.Metadata.Generation;
        return uncounted.Count == 0
            ? conditions.With(
                TunedNodeConditions.HugePagesAllocatable, ConditionStatus.True, TunedNodeConditions.ReasonCounted,
                "kubelet offers all hugepages that are in effect to pods", generation, now)
            : conditions.With(
                TunedNodeConditions.HugePagesAllocatable, ConditionStatus.False,
                uncounted.All(KubeletRestarts.IsUnderWay) ? TunedNodeConditions.ReasonRestartingKubelet : TunedNodeConditions.ReasonKubeletRestartNeeded,
                $"{uncounted.Count} of {nodes.Count} nodes; \"{uncounted[0].Name}\": {uncounted[0].Uncounted}: {KubeletRestarts.Words(uncounted[0])}", generation, now);
    }

    private static (ConditionStatus Status, string Reason, string Message) Effective(int matched, int effective, List<ProblemNode> problems) =>
        (matched, problems.Count) switch
        {
            (0, _) => (ConditionStatus.False, TunedNodeConditions.ReasonNoNodes, "no node matches; see `kubectl get nodes --show-labels`"),
            (_, 0) => (ConditionStatus.True, TunedNodeConditions.ReasonAllInEffect, $"in effect on all {matched} nodes, read back from the kernel"),
            _ => (ConditionStatus.False, TunedNodeConditions.ReasonNodesNotInEffect,
                $"in effect on {effective} of {matched} nodes; \"{problems[0].Name}\": {problems[0].Message}"),
        };

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
            _ => null,
        };
    }
}

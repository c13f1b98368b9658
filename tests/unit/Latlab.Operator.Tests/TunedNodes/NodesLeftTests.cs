using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Tests.TunedNodes;

/// <summary>A TunedNode that is being deleted names the nodes that keep it, and why.</summary>
public sealed class NodesLeftTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(ConditionStatus.False, null, null, NodeTuningConditions.ReasonRestoreFailed, "port is held")]
    [InlineData(null, "no agent", null, TunedNodeConditions.ReasonAgentNotReady, "nobody restores it: no agent")]
    [InlineData(ConditionStatus.False, "no agent", null, TunedNodeConditions.ReasonAgentNotReady, "no agent; its last word: port is held")]
    [InlineData(null, null, null, TunedNodeConditions.ReasonRestoring, "its agent has not put it back yet")]
    [InlineData(ConditionStatus.True, null, null, TunedNodeConditions.ReasonRestoring, "let go in a moment")]
    [InlineData(ConditionStatus.True, "no agent", "waits for the window", TunedNodeConditions.ReasonWaitingForWindow, "waits for the window")]
    public void A_node_says_what_keeps_it(ConditionStatus? restored, string? agent, string? reboot, string reason, string message)
    {
        var observed = Observe(Tuning("n1", restored)) with
        {
            AgentProblems = agent is null ? [] : new Dictionary<string, string> { ["n1"] = agent },
            Reboots = new RebootPlan
            {
                Steps = [],
                Slots = 0,
                Views = reboot is null ? [] : new Dictionary<string, RebootView> { ["n1"] = new(TunedNodeConditions.ReasonWaitingForWindow, reboot) },
            },
        };
        var status = TunedNodePlanner.PlanDeletion(observed, Now).Status;
        var problem = Assert.Single(status.ProblemNodes);
        Assert.Equal(("n1", reason), (problem.Name, problem.Reason));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        var effective = status.Conditions.Get(TunedNodeConditions.Effective)!;
        Assert.Equal((ConditionStatus.False, TunedNodeConditions.ReasonRestoring), (effective.Status, effective.Reason));
        Assert.StartsWith($"1 nodes are still to be restored; \"n1\": {problem.Message}", effective.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whoever_waits_for_somebody_is_named_before_those_that_are_only_not_done_yet()
    {
        var held = Tuning("c", restored: null);
        held.Metadata.DeletionTimestamp = null;
        var observed = Observe(Tuning("a", restored: null), Tuning("b", ConditionStatus.True), held, Tuning("d", ConditionStatus.False)) with
        {
            ReservedNodes = new HashSet<string> { "c" },
        };
        var plan = TunedNodePlanner.PlanDeletion(observed, Now);
        Assert.Equal(["d", "c", "a", "b"], plan.Status.ProblemNodes.Select(node => node.Name));
        Assert.Contains("4 nodes are still to be restored; \"d\": port is held", plan.Status.Conditions.Get(TunedNodeConditions.Effective)!.Message, StringComparison.Ordinal);

        plan = TunedNodePlanner.PlanDeletion(observed with { Tunings = [held] }, Now);
        Assert.Equal(TunedNodeConditions.ReasonWaitingForRun, plan.Status.Conditions.Get(TunedNodeConditions.Effective)!.Reason);
    }

    [Fact]
    public void What_was_a_problem_before_the_deletion_and_is_restored_is_named_no_more()
    {
        var observed = Observe();
        observed.TunedNode.Status = new() { ProblemNodes = [new() { Name = "n1", Reason = "R", Message = "m" }] };
        Assert.Empty(TunedNodePlanner.PlanDeletion(observed, Now).Status.ProblemNodes);
    }

    private static TunedNodeObservation Observe(params V1Alpha1NodeTuning[] tunings) => new()
    {
        TunedNode = Owner(),
        TunedNodes = [],
        Nodes = [],
        Tunings = tunings,
        ReservedNodes = new HashSet<string>(),
    };

    private static V1Alpha1TunedNode Owner() =>
        new() { Metadata = new V1ObjectMeta { Name = "lab", Uid = "uid-lab", Generation = 1 }, Spec = new TunedNodeSpec { NodeName = "n1" } };

    private static V1Alpha1NodeTuning Tuning(string node, ConditionStatus? restored) => new()
    {
        Metadata = new V1ObjectMeta { Name = node, Uid = $"uid-{node}", Generation = 1, DeletionTimestamp = Now.UtcDateTime },
        Spec = new ResolvedWish(Owner()).Spec,
        Status = new NodeTuningStatus
        {
            Conditions = restored is { } status
                ? ((IReadOnlyList<Condition>)[]).With(NodeTuningConditions.Restored, status, NodeTuningConditions.ReasonRestoreFailed, "port is held", 1, Now)
                : [],
        },
    };
}

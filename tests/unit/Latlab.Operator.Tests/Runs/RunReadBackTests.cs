using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runs;

/// <summary>The node's agent is asked before the traffic and after it, and keeps still in between.</summary>
public sealed class RunReadBackTests
{
    [Fact]
    public void What_the_node_is_like_is_noted_only_when_the_agent_has_read_it_back_for_this_run()
    {
        var run = new SimulatedRun { AgentAnswers = false };
        run.RunUntil(() => run.Cluster.Annotated.Count > 0);
        run.Reconcile();
        Assert.Equal(RunPhase.Reserving, run.Phase);
        Assert.Equal(run.Run.Metadata.Uid + "/before", run.Cluster.Annotated.Single()[ReadBackRequest.TokenAnnotation]);
        Assert.Equal(
            (run.Now + RunDeadlines.Quiet(run.Run.Spec)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            run.Cluster.Annotated.Single()[ReadBackRequest.QuietUntilAnnotation]);
        run.Report(status => status with { LedgerDigest = "digest-now", Drifts = 3, ReadBack = run.Run.Metadata.Uid + "/before" });
        run.Reconcile();
        Assert.Equal(RunPhase.Preparing, run.Phase);
        Assert.Equal("digest-now", run.Run.Status!.Environment!.LedgerDigest);
        Assert.Equal(3, run.Run.Status.Environment.Drifts);
    }

    [Fact]
    public void An_agent_that_does_not_answer_before_the_traffic_fails_the_run_in_time()
    {
        var run = new SimulatedRun { AgentAnswers = false };
        run.RunUntil(() => run.Cluster.Annotated.Count > 0);
        Assert.Equal(RunDeadlines.ReadBack, run.LastPlan.NextLook);
        run.Now += run.LastPlan.NextLook!.Value;
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonAgentSilent, run.Measured!.Reason);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.Empty(run.Created);
        Assert.DoesNotContain(ReadBackRequest.QuietUntilAnnotation, run.Tuning!.Metadata.Annotations!.Keys);
    }

    [Fact]
    public void A_forwarder_whose_CPUs_are_to_be_isolated_is_shown_to_the_agent_before_the_traffic()
    {
        var run = Isolating();
        run.RunTo(RunPhase.Preparing);
        run.AgentAnswers = false;
        run.RunUntil(() => run.Cluster.Annotated[^1][ReadBackRequest.TokenAnnotation] == run.Run.Metadata.Uid + "/ready");
        run.Reconcile();
        Assert.Equal(RunPhase.Preparing, run.Phase);
        Assert.Equal(2, run.Cluster.Annotated.Count);
        Assert.Contains(ReadBackRequest.QuietUntilAnnotation, run.Tuning!.Metadata.Annotations!.Keys);
        Assert.Equal([RunRole.Meter, RunRole.Forwarder], run.Created.Keys);
        run.AgentAnswers = true;
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    [Fact]
    public void An_agent_that_does_not_say_whether_the_forwarders_CPUs_are_isolated_fails_the_run_in_time()
    {
        var run = Isolating();
        run.RunTo(RunPhase.Preparing);
        run.AgentAnswers = false;
        run.RunUntil(() => run.Cluster.Annotated.Count == 2);
        run.Now += run.LastPlan.NextLook!.Value;
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonAgentSilent, run.Measured!.Reason);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
    }

    [Fact]
    public void An_agent_that_does_not_answer_after_the_traffic_makes_the_run_invalid_and_keeps_its_numbers()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.AgentAnswers = false;
        run.RunUntil(() => run.Run.Status!.Timeline!.Measured is not null);
        Assert.Equal(RunDeadlines.ReadBack, run.LastPlan.NextLook);
        run.Now += run.LastPlan.NextLook!.Value;
        run.RunToEnd();
        Assert.Equal(RunPhase.Invalid, run.Phase);
        Assert.Equal(RunConditions.ReasonAgentSilent, run.Measured!.Reason);
        Assert.NotNull(run.Run.Status!.Results);
    }

    [Fact]
    public void A_change_in_the_window_that_only_the_read_back_shows_makes_the_run_invalid()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.AgentAnswers = false;
        run.RunUntil(() => run.Run.Status!.Timeline!.Measured is not null);
        run.Report(status => status with { Drifts = 1, ReadBack = run.Run.Metadata.Uid + "/after" });
        run.RunToEnd();
        Assert.Equal(RunPhase.Invalid, run.Phase);
        Assert.Equal(RunConditions.ReasonNodeDrifted, run.Measured!.Reason);
    }

    [Fact]
    public void A_forwarder_that_ends_after_the_traffic_does_not_fail_the_run()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.AgentAnswers = false;
        run.RunUntil(() => run.Run.Status!.Timeline!.Measured is not null);
        run.End(RunRole.Forwarder, 1);
        run.Reconcile();
        run.AgentAnswers = true;
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    [Fact]
    public void An_annotation_without_a_value_is_taken_away_by_the_patch() => Assert.Equal(
        """{"metadata":{"annotations":{"a":null,"b":"1"}}}""",
        System.Text.Encoding.UTF8.GetString(ApiBody.MergePatch(
            new { metadata = new { annotations = new Dictionary<string, string?> { ["a"] = null, ["b"] = "1" } } }).Json));

    [Theory]
    [InlineData(RunPhase.Preparing)]
    [InlineData(RunPhase.Measuring)]
    [InlineData(RunPhase.Complete)]
    public void The_agent_may_look_again_when_the_run_is_gone(RunPhase deletedIn)
    {
        var run = new SimulatedRun();
        run.RunTo(deletedIn);
        run.DeleteRun();
        run.RunToEnd();
        Assert.True(run.FinalizerRemoved);
        Assert.DoesNotContain(ReadBackRequest.QuietUntilAnnotation, run.Tuning!.Metadata.Annotations!.Keys);
    }

    [Fact]
    public void An_agent_that_finds_its_node_changed_may_repair_it_and_then_the_run_goes_on()
    {
        var run = new SimulatedRun { AgentAnswers = false };
        run.RunUntil(() => run.Cluster.Annotated.Count > 0);
        run.Report(status => status with
        {
            ReadBack = run.Run.Metadata.Uid + "/before",
            Conditions = status.Conditions.With(NodeTuningConditions.Effective, ConditionStatus.False, "Drifted", "", 1, run.Now),
        });
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonWaitingForTuning, run.Condition(RunConditions.Reserved)!.Reason);
        Assert.DoesNotContain(ReadBackRequest.QuietUntilAnnotation, run.Tuning!.Metadata.Annotations!.Keys);
        run.Now += TimeSpan.FromMinutes(2);
        run.Report(status => status with { Conditions = status.Conditions.With(NodeTuningConditions.Effective, ConditionStatus.True, "AllInEffect", "", 1, run.Now) });
        run.Reconcile();
        Assert.Equal(RunPhase.Reserving, run.Phase);
        Assert.Contains(ReadBackRequest.QuietUntilAnnotation, run.Tuning!.Metadata.Annotations!.Keys);
        run.AgentAnswers = true;
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    private static SimulatedRun Isolating()
    {
        var run = new SimulatedRun();
        var tuning = run.Tuning!;
        tuning.Spec = tuning.Spec with { Cpu = new() { Isolated = "2-3", Isolation = CpuIsolation.CgroupPartition } };
        run.Tuning = tuning;
        return run;
    }
}

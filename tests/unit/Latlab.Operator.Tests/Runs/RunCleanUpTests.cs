using System.Net;
using k8s.Models;
using Latlab.Crds.Runs;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runs;

/// <summary>What a run leaves behind: nothing, in time, whatever kubelet and the caches say.</summary>
public sealed class RunCleanUpTests
{
    [Fact]
    public void A_deleted_pod_whose_container_never_started_is_let_go_soon_after_its_grace()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Meter);
        run.SetWaiting(RunRole.Meter, "ImagePullBackOff", "no such image");
        run.Reconcile();
        run.Reconcile();
        Assert.NotNull(run.Pod(RunRole.Meter)!.Metadata.DeletionTimestamp);
        Assert.Equal(RunDeadlines.CleanUpLook, run.LastPlan.NextLook);

        run.Now += RunDeadlines.PodGrace + RunDeadlines.NeverStarted;
        run.Reconcile();
        Assert.Equal(1, run.PodsLeft);

        run.Now += TimeSpan.FromSeconds(1);
        run.Reconcile();
        Assert.Equal(0, run.PodsLeft);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.False(run.LeaseHeld);
    }

    [Fact]
    public void A_deleted_pod_whose_container_runs_is_waited_for()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.DeleteRun();
        run.Reconcile();
        run.Now += TimeSpan.FromHours(1);
        run.Reconcile();
        Assert.Equal(2, run.PodsLeft);
        Assert.True(run.LeaseHeld);
        Assert.Equal(RunDeadlines.CleanUpLook, run.LastPlan.NextLook);
    }

    [Fact]
    public void A_pod_that_still_runs_when_its_grace_is_over_is_asked_again_with_less()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.DeleteRun();
        run.Reconcile();
        run.Now += RunDeadlines.PodGrace;
        run.Reconcile();
        Assert.Equal(10, run.Pod(RunRole.Meter)!.Metadata.DeletionGracePeriodSeconds);

        run.Now += TimeSpan.FromSeconds(1);
        run.Reconcile();
        Assert.Equal(1, run.Pod(RunRole.Meter)!.Metadata.DeletionGracePeriodSeconds);
        Assert.Equal(2, run.PodsLeft);
    }

    [Fact]
    public void A_container_that_started_just_before_it_would_be_let_go_is_waited_for_by_the_API_servers_word()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Meter);
        run.Bind(RunRole.Meter);
        run.DeleteRun();
        run.Reconcile();
        run.Now += RunDeadlines.PodGrace + RunDeadlines.NeverStarted + TimeSpan.FromSeconds(1);
        run.Lags = true;
        run.Reconcile();
        run.SetReady(RunRole.Meter);
        run.Reconcile();
        Assert.Equal(1, run.PodsLeft);
        Assert.True(run.LeaseHeld);
    }

    [Fact]
    public void A_node_is_not_freed_while_a_pod_is_left_that_the_caches_do_not_show()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Preparing);
        run.IsBlind = true;
        run.Reconcile();
        Assert.Equal(1, run.PodsLeft);
        run.Now += RunDeadlines.Start;
        run.Reconcile();
        Assert.Equal(RunPhase.Analyzing, run.Phase);
        var lease = run.Lease!;
        run.IsBlind = false;
        var uid = lease.Metadata.Uid;
        Assert.False(run.ApplyNow(new RunStep.ReleaseNode(uid)));
        Assert.True(run.LeaseHeld);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.Equal(0, run.PodsLeft);
        Assert.False(run.LeaseHeld);
    }

    [Fact]
    public void A_run_is_not_let_go_while_something_is_left_that_the_caches_do_not_show()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.DeleteRun();
        run.IsBlind = true;
        run.Reconcile();
        Assert.Contains(new RunStep.RemoveFinalizer(), run.LastPlan.Steps);
        Assert.False(run.LastDone);
        Assert.False(run.FinalizerRemoved);
        run.IsBlind = false;
        run.RunToEnd();
        Assert.True(run.FinalizerRemoved);
        Assert.Equal(0, run.PodsLeft);
        Assert.False(run.LeaseHeld);
    }

    [Fact]
    public void Nothing_is_made_for_a_run_that_has_moved_on()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Preparing);
        run.Reconcile();
        run.Lags = true;
        run.TakeAway(RunRole.Meter);
        run.DeleteRun();
        run.Reconcile();
        Assert.Equal(1, run.Created[RunRole.Meter]);
        Assert.Equal(0, run.PodsLeft);
    }

    [Fact]
    public void A_pod_of_a_node_that_left_the_cluster_is_let_go_and_one_of_a_node_that_only_the_cache_misses_is_not()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.DeleteRun();
        run.IsNodeHidden = true;
        run.Reconcile();
        Assert.Equal(2, run.PodsLeft);
        run.Cluster.Remove<V1Node>(null, RunObjects.Node);
        run.RunToEnd();
        Assert.Equal(0, run.PodsLeft);
        Assert.True(run.FinalizerRemoved);
    }

    [Fact]
    public void A_pod_that_is_refused_is_tried_again_soon_and_fails_the_run_at_its_deadline()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Preparing);
        run.Cluster.Refuse = entity => entity is V1Pod ? new ApiException(HttpStatusCode.Forbidden, "Forbidden", "POST", "exceeded quota") : null;
        run.Reconcile();
        Assert.False(run.LastDone);
        Assert.Contains(run.Events.All, e => e.Reason == "PodNotCreated" && e.Message.Contains("exceeded quota", StringComparison.Ordinal));
        run.Now += RunDeadlines.Start;
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonTimedOut, run.Measured!.Reason);
    }
}

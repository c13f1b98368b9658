using CsCheck;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;

namespace Latlab.Operator.Tests.Runs;

public sealed class RunPlannerTests
{
    [Fact]
    public void A_run_that_goes_well_walks_all_phases_and_leaves_nothing_behind()
    {
        var run = new SimulatedRun();
        List<RunPhase?> phases = [];
        for (var i = 0; i < 40; i++)
        {
            run.Reconcile();
            if (phases.LastOrDefault() != run.Phase)
            {
                phases.Add(run.Phase);
            }

            run.Progress();
        }

        Assert.Equal(
            [RunPhase.Reserving, RunPhase.Preparing, RunPhase.Measuring, RunPhase.Analyzing, RunPhase.Complete], phases.OfType<RunPhase>());
        Assert.Equal(0, run.PodsLeft);
        Assert.False(run.LeaseHeld);
        Assert.True(run.FinalizerRemoved);
        var status = run.Run.Status!;
        Assert.Equal(1000, status.Results!.Matched);
        Assert.Equal(1000, status.Results.Generated);
        Assert.Equal("1", status.Environment!.ForwarderCpus);
        Assert.Equal("22.11", status.Environment.DpdkVersion);
        Assert.Equal("digest-1", status.Environment.LedgerDigest);
        Assert.True(status.Objectives.Single().Met);
        Assert.True(status.Conditions.IsTrue(RunConditions.Measured));
        Assert.True(status.Conditions.IsTrue(RunConditions.Complete));
        Assert.True(status.Conditions.IsTrue(RunConditions.ObjectivesMet));
    }

    [Fact]
    public void The_meter_is_ready_before_the_forwarder_starts_and_both_before_the_generator()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Preparing);
        run.Reconcile();
        Assert.Equal([RunRole.Meter], run.Created.Keys);
        run.Reconcile();
        Assert.Equal([RunRole.Meter], run.Created.Keys);
        run.SetReady(RunRole.Meter);
        run.Reconcile();
        Assert.Equal([RunRole.Meter, RunRole.Forwarder], run.Created.Keys);
        run.Reconcile();
        Assert.Equal(RunPhase.Preparing, run.Phase);
        run.SetReady(RunRole.Forwarder);
        run.Reconcile();
        Assert.Equal(RunPhase.Measuring, run.Phase);
        Assert.DoesNotContain(RunRole.Generator, run.Created.Keys);
        run.Reconcile();
        Assert.Contains(RunRole.Generator, run.Created.Keys);
    }

    [Fact]
    public void An_operator_killed_anywhere_any_number_of_times_ends_the_run_and_makes_no_pod_twice() =>
        Gen.Select(Gen.Int[0, 4], Gen.Bool, Gen.Bool).Array[60].Sample(choices =>
        {
            var run = new SimulatedRun();
            foreach (var (crashAfter, progress, lags) in choices)
            {
                run.Lags = lags;
                run.Reconcile(crashAfter == 4 ? null : crashAfter);
                if (progress)
                {
                    run.Progress();
                }
            }

            run.Lags = false;
            run.RunToEnd();
            Assert.Equal(RunPhase.Complete, run.Phase);
            Assert.All(run.Created.Values, count => Assert.Equal(1, count));
            Assert.Equal(3, run.Created.Count);
            Assert.Equal(0, run.PodsLeft);
            Assert.False(run.LeaseHeld);
            Assert.True(run.FinalizerRemoved);
        });

    [Theory]
    [InlineData(RunPhase.Reserving)]
    [InlineData(RunPhase.Preparing)]
    [InlineData(RunPhase.Measuring)]
    [InlineData(RunPhase.Analyzing)]
    [InlineData(RunPhase.Complete)]
    public void Deleted_in_any_phase_it_frees_the_node_only_when_no_pod_is_left(RunPhase phase)
    {
        var run = new SimulatedRun();
        run.RunTo(phase);
        run.Reconcile();
        run.DeleteRun();
        var created = run.Created.Count;
        run.RunToEnd();
        Assert.Equal(created, run.Created.Count);
        Assert.Equal(0, run.PodsLeft);
        Assert.False(run.LeaseHeld);
        Assert.True(run.FinalizerRemoved);
    }

    [Fact]
    public void A_node_that_another_run_holds_is_waited_for()
    {
        var run = new SimulatedRun();
        run.Lease = run.Reserved("another");
        run.Cluster.Put(new V1Alpha1LatencyRun { Metadata = new V1ObjectMeta { Name = "other", NamespaceProperty = "ns", Uid = "another" } });
        run.RunToEnd();
        Assert.Equal(RunPhase.Reserving, run.Phase);
        Assert.Equal(RunConditions.ReasonNodeBusy, run.Run.Status!.Conditions.Get(RunConditions.Reserved)!.Reason);
        run.Lease = null;
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    [Fact]
    public void Tuning_that_is_not_in_effect_is_waited_for_and_then_fails_the_run()
    {
        var run = new SimulatedRun();
        run.Report(status => status with { Conditions = [] });
        run.RunToEnd();
        Assert.Equal(RunPhase.Reserving, run.Phase);
        Assert.NotNull(run.LastPlan.NextLook);
        run.Now += RunDeadlines.Tuning + TimeSpan.FromSeconds(1);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.Equal(RunConditions.ReasonTuningLost, run.Measured!.Reason);
    }

    [Theory]
    [InlineData(nameof(RunRole.Meter), "ImagePullBackOff", RunConditions.ReasonImagePull)]
    [InlineData(nameof(RunRole.Forwarder), "ErrImageNeverPull", RunConditions.ReasonImagePull)]
    [InlineData(nameof(RunRole.Generator), "CreateContainerError", RunConditions.ReasonPodRejected)]
    public void A_pod_that_cannot_start_fails_the_run_with_kubelets_words(string roleName, string kubelet, string reason)
    {
        var role = Enum.Parse<RunRole>(roleName);
        var run = new SimulatedRun();
        run.RunUntilCreated(role);
        run.SetWaiting(role, kubelet, "because");
        run.Reconcile();
        Assert.Equal(reason, run.Measured!.Reason);
        Assert.Contains("because", run.Measured.Message, StringComparison.Ordinal);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.False(run.LeaseHeld);
    }

    [Theory]
    [InlineData(nameof(RunRole.Meter), 137, "OOMKilled", RunConditions.ReasonOutOfMemory)]
    [InlineData(nameof(RunRole.Meter), 1, "Error", RunConditions.ReasonMeterDied)]
    [InlineData(nameof(RunRole.Forwarder), 139, "Error", RunConditions.ReasonForwarderDied)]
    [InlineData(nameof(RunRole.Forwarder), 0, "Completed", RunConditions.ReasonForwarderDied)]
    [InlineData(nameof(RunRole.Generator), 1, "Error", RunConditions.ReasonGeneratorDied)]
    public void A_container_that_dies_while_measuring_fails_the_run_and_asks_for_its_logs(string roleName, int exitCode, string kubelet, string reason)
    {
        var role = Enum.Parse<RunRole>(roleName);
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.Reconcile();
        run.End(role, exitCode, reason: kubelet);
        run.Reconcile();
        Assert.Equal(reason, run.Measured!.Reason);
        Assert.Equal(role, run.LastPlan.LogsOf);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.Equal(0, run.PodsLeft);
        Assert.False(run.LeaseHeld);
    }

    [Theory]
    [InlineData(nameof(RunRole.Meter))]
    [InlineData(nameof(RunRole.Forwarder))]
    [InlineData(nameof(RunRole.Generator))]
    public void A_pod_that_never_starts_fails_the_run_in_time(string roleName)
    {
        var role = Enum.Parse<RunRole>(roleName);
        var run = new SimulatedRun();
        run.RunUntilCreated(role);
        run.SetWaiting(role, "ContainerCreating", "volume is missing");
        run.Reconcile();
        Assert.NotNull(run.LastPlan.NextLook);
        run.Now += run.LastPlan.NextLook!.Value;
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonTimedOut, run.Measured!.Reason);
        Assert.Contains("volume is missing", run.Measured.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pod_that_cannot_be_created_fails_the_run_in_time()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Preparing);
        run.Reconcile(crashAfterSteps: 0);
        run.Now += run.LastPlan.NextLook!.Value;
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonTimedOut, run.Measured!.Reason);
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.False(run.LeaseHeld);
    }

    [Theory]
    [InlineData(false, "boot-1", "digest-1", 1)]
    [InlineData(true, "boot-2", "digest-1", 0)]
    [InlineData(true, "boot-1", "digest-2", 0)]
    [InlineData(false, "boot-1", "digest-1", 0)]
    public void A_node_that_changed_during_the_run_makes_it_invalid(bool effective, string bootId, string digest, int drifts)
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.Reconcile();
        run.Report(status => status with
        {
            BootId = bootId,
            LedgerDigest = digest,
            Drifts = drifts,
            Conditions = effective
                ? status.Conditions
                : status.Conditions.With(NodeTuningConditions.Effective, ConditionStatus.False, "Drifted", "", 1, run.Now),
        });
        run.RunToEnd();
        Assert.Equal(RunPhase.Invalid, run.Phase);
        Assert.Equal(RunConditions.ReasonNodeDrifted, run.Measured!.Reason);
        Assert.NotNull(run.Run.Status!.Results);
    }

    [Fact]
    public void A_report_that_is_no_report_fails_the_run()
    {
        var run = new SimulatedRun();
        run.RunTo(RunPhase.Measuring);
        run.Reconcile();
        run.End(RunRole.Generator, 0, RunReports.Generator(1));
        run.End(RunRole.Meter, 0, "{ not json");
        run.RunToEnd();
        Assert.Equal(RunPhase.Failed, run.Phase);
        Assert.Equal(RunConditions.ReasonMeterDied, run.Measured!.Reason);
    }

    [Theory]
    [InlineData(nameof(RunRole.Meter), RunConditions.ReasonMeterDied)]
    [InlineData(nameof(RunRole.Forwarder), RunConditions.ReasonForwarderDied)]
    [InlineData(nameof(RunRole.Generator), RunConditions.ReasonGeneratorDied)]
    public void A_pod_that_somebody_deletes_in_the_window_fails_the_run(string roleName, string reason)
    {
        var role = Enum.Parse<RunRole>(roleName);
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Generator);
        run.SetReady(RunRole.Generator);
        run.Delete(role);
        run.Reconcile();
        Assert.Equal(reason, run.Measured!.Reason);
        Assert.Contains("deleted by somebody else", run.Measured.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_meter_that_was_deleted_and_has_ended_before_the_generator_fails_the_run_too()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Generator);
        run.SetReady(RunRole.Generator);
        run.Delete(RunRole.Meter);
        run.End(RunRole.Meter, 0, RunReports.Meter(500, 500, endMarkerSeen: false));
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonMeterDied, run.Measured!.Reason);
    }

    [Fact]
    public void A_meter_that_does_not_see_the_end_is_asked_to_end_and_judged_by_its_numbers()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Generator);
        run.End(RunRole.Generator, 0, RunReports.Generator(1000));
        run.Reconcile();
        run.Now += run.LastPlan.NextLook!.Value + TimeSpan.FromSeconds(10);
        run.Reconcile();
        run.Delete(RunRole.Meter);
        run.End(RunRole.Meter, 0, RunReports.Meter(1000, 1000, endMarkerSeen: false));
        run.RunToEnd();
        Assert.Equal(RunPhase.Complete, run.Phase);
    }

    [Fact]
    public void A_meter_that_ends_before_the_generator_was_started_has_died()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Forwarder);
        run.End(RunRole.Meter, 0, RunReports.Meter(0, 0));
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonMeterDied, run.Measured!.Reason);
    }

    [Fact]
    public void An_operator_that_was_away_while_the_pods_were_ready_sends_nothing()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Forwarder);
        run.SetReady(RunRole.Forwarder);
        run.Now += (2 * RunDeadlines.Start) + TimeSpan.FromSeconds(1);
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonTimedOut, run.Measured!.Reason);
        run.RunToEnd();
        Assert.DoesNotContain(RunRole.Generator, run.Created.Keys);
    }

    [Fact]
    public void A_generator_of_which_kubelet_says_nothing_fails_the_run_at_the_deadline_of_starting()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Generator);
        run.Bind(RunRole.Generator);
        run.Now = new DateTimeOffset(run.Run.Status!.Timeline!.Measuring!.Value, TimeSpan.Zero) + RunDeadlines.Start;
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonTimedOut, run.Measured!.Reason);
        Assert.Contains("generator did not start", run.Measured.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_generator_that_was_seen_is_never_made_again()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Generator);
        run.SetReady(RunRole.Generator);
        run.Reconcile();
        Assert.NotNull(run.Run.Status!.Timeline!.Generating);
        run.TakeAway(RunRole.Generator);
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonGeneratorDied, run.Measured!.Reason);
        run.RunToEnd();
        Assert.Equal(1, run.Created[RunRole.Generator]);
    }

    [Fact]
    public void A_pod_that_kubelet_ended_is_in_trouble_even_with_exit_code_0()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Generator);
        run.End(RunRole.Meter, 0, RunReports.Meter(1000, 1000), phase: "Failed");
        run.Reconcile();
        Assert.Equal(RunConditions.ReasonMeterDied, run.Measured!.Reason);
    }

    [Fact]
    public void A_container_that_says_what_went_wrong_is_quoted_without_its_log()
    {
        var run = new SimulatedRun();
        run.RunUntilCreated(RunRole.Meter);
        run.End(RunRole.Meter, 1, "{\"error\":\"--ingress left-a: no such network device\"}", "Error");
        run.Reconcile();
        Assert.Equal("meter: --ingress left-a: no such network device", run.Measured!.Message);
        Assert.Null(run.LastPlan.LogsOf);
    }
}

using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Reboots;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>One thing at a time: what the operator does about it, and what it says.</summary>
public sealed class RebootScenarioTests
{
    private const string Node = "n00";

    [Fact]
    public async Task A_node_is_emptied_rebooted_and_given_back()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "a"), Kept: false));
        await fleet.SettleAsync(10);
        Assert.Equal(1, fleet.Agents.Booted[Node]);
        Assert.Equal(1, fleet.Grants);
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
        Assert.Null(fleet.Lease(Node));
        Assert.DoesNotContain(RebootGrant.BootIdAnnotation, fleet.Tuning(Node).Metadata.Annotations.Keys);
        Assert.Equal(["RebootPlanned", "Draining", "RebootGranted", "Rebooted"], fleet.Events.All.Select(e => e.Reason));
        Assert.Empty(fleet.Plan().Views);
    }

    [Theory]
    [InlineData(RebootPolicy.Never, BootApply.Automatic, true, TunedNodeConditions.ReasonWaitingForReboot)]
    [InlineData(RebootPolicy.Never, BootApply.StageOnly, true, TunedNodeConditions.ReasonWaitingForReboot)]
    [InlineData(RebootPolicy.WhenRequired, BootApply.Automatic, false, TunedNodeConditions.ReasonRebootsNotEnabled)]
    public void Without_leave_a_node_is_not_touched_and_the_reason_is_told(
        RebootPolicy policy, BootApply apply, bool allowed, string reason)
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Api.Edit<Operator.Entities.V1Alpha1TunedNode>("lab", t => t.Spec = t.Spec with
        {
            Boot = new BootTuning { Apply = apply },
            Disruption = new DisruptionPolicy { Reboot = policy },
        });
        var rules = RebootRules.Of(fleet.TunedNode, allowed);
        var observed = fleet.Observer.Read(fleet.TunedNode) with { Rules = rules, AllowReboots = allowed };
        var plan = RebootPlanner.Plan(observed, fleet.Clock.GetUtcNow());
        Assert.Empty(plan.Steps);
        Assert.Equal(reason, plan.Views[Node].Reason);
        var condition = ((IReadOnlyList<Condition>)[]).WithReboots(fleet.TunedNode, plan, fleet.Clock.GetUtcNow())
            .Get(TunedNodeConditions.RebootPending)!;
        Assert.Equal((ConditionStatus.True, reason), (condition.Status, condition.Reason));
    }

    [Fact]
    public async Task A_cordon_that_was_there_before_stays()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Api.Edit<V1Node>(Node, node => node.Spec.Unschedulable = true);
        await fleet.SettleAsync(10);
        Assert.Equal(1, fleet.Agents.Booted[Node]);
        Assert.True(fleet.Node(Node).Spec.Unschedulable);
    }

    [Fact]
    public async Task A_budget_that_keeps_a_pod_has_the_node_uncordoned_told_and_tried_again_later_and_others_go_on()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy { Drain = new DrainPolicy { Timeout = "1m" } });
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "kept"), Kept: true));
        await fleet.SettleAsync(40);
        Assert.Equal((0, 1), (fleet.Agents.Booted[Node], fleet.Agents.Booted["n01"]));
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
        Assert.Null(fleet.Lease(Node));
        var view = fleet.Plan().Views[Node];
        Assert.Equal(TunedNodeConditions.ReasonDrainBlocked, view.Reason);
        Assert.Contains("quorum", view.Message, StringComparison.Ordinal);
        Assert.Contains("kept", view.Message, StringComparison.Ordinal);
        Assert.Equal(1, fleet.Record(Node).BlockedDrains);

        fleet.Clock.Advance(RebootTimes.Pause(1));
        await fleet.SettleAsync(30);
        Assert.Equal(2, fleet.Record(Node).BlockedDrains);

        fleet.Pods[Node].Clear();
        fleet.Clock.Advance(RebootTimes.Pause(2));
        await fleet.SettleAsync(10);
        Assert.Equal(1, fleet.Agents.Booted[Node]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pod_without_a_controller_is_evicted_only_by_force(bool force)
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy { Drain = new DrainPolicy { Force = force } });
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "bare", owner: null), Kept: false));
        await fleet.SettleAsync(10);
        Assert.Equal(force ? 1 : 0, fleet.Agents.Booted[Node]);
        Assert.Equal(0, fleet.MostOut - (force ? 1 : 0));
        var words = fleet.Plan().Views.GetValueOrDefault(Node)?.Message.Split(' ');
        Assert.Equal(force ? null : "work/bare", words?.First(word => word.Contains('/', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_node_that_a_run_holds_is_left_until_its_end()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.StartRun(Node);
        await fleet.SettleAsync(5);
        Assert.Equal(TunedNodeConditions.ReasonWaitingForRun, fleet.Plan().Views[Node].Reason);
        Assert.Equal(0, fleet.Plan().Slots);
        fleet.EndRun(Node);
        await fleet.SettleAsync(10);
        Assert.Equal(1, fleet.Agents.Booted[Node]);
    }

    [Fact]
    public async Task A_node_that_does_not_come_back_stops_the_rollout_stays_cordoned_and_recovers_by_itself()
    {
        var fleet = new SimulatedFleet(3, new DisruptionPolicy { MaxUnavailable = new CountOrPercent("2") });
        await fleet.SettleAsync(6, comeBack: false);
        Assert.Equal(2, fleet.Agents.Down.Count);
        fleet.Clock.Advance(TimeSpan.FromMinutes(15));
        fleet.Agents.Return("n01");
        await fleet.SettleAsync(5, comeBack: false);
        Assert.Equal(RebootPhase.Lost, fleet.Record(Node).Phase);
        Assert.Equal((0, 1, 0), (fleet.Agents.Booted[Node], fleet.Agents.Booted["n01"], fleet.Agents.Booted["n02"]));
        Assert.True(fleet.Node(Node).Spec.Unschedulable);
        Assert.DoesNotContain(RebootGrant.BootIdAnnotation, fleet.Tuning(Node).Metadata.Annotations.Keys);
        var plan = fleet.Plan();
        Assert.Equal(Node, plan.StoppedBy);
        var condition = ((IReadOnlyList<Condition>)[]).WithReboots(fleet.TunedNode, plan, fleet.Clock.GetUtcNow())
            .Get(TunedNodeConditions.RebootPending)!;
        Assert.Equal(TunedNodeConditions.ReasonRolloutStopped, condition.Reason);
        Assert.Contains($"\"{Node}\": did not come back", condition.Message, StringComparison.Ordinal);

        fleet.Agents.Return(Node);
        await fleet.SettleAsync(15);
        Assert.All(fleet.Names, name => Assert.Equal(1, fleet.Agents.Booted[name]));
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
    }

    [Fact]
    public async Task A_node_whose_kernel_drops_the_argument_is_rebooted_as_often_as_it_may_and_no_other_is()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy { MaxRebootsPerGeneration = 2 });
        fleet.Agents.Stubborn.Add(Node);
        await fleet.SettleAsync(120);
        Assert.Equal(2, fleet.Grants);
        Assert.Equal(RebootPhase.Failed, fleet.Record(Node).Phase);
        Assert.Equal(TunedNodeConditions.ReasonRebootExhausted, fleet.Plan().Views[Node].Reason);
        Assert.Equal(0, fleet.Agents.Booted["n01"]);
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
        Assert.Null(fleet.Lease(Node));

        fleet.Agents.Stubborn.Clear();
        fleet.Change();
        await fleet.SettleAsync(30);
        Assert.All(fleet.Names, name => Assert.Equal(2, fleet.Agents.Booted[name]));
    }

    [Fact]
    public async Task A_node_that_lacks_what_no_reboot_brings_gets_its_reboot_and_keeps_no_other_from_theirs()
    {
        var fleet = new SimulatedFleet(3, new DisruptionPolicy());
        fleet.Agents.Lacking.Add(Node);
        await fleet.SettleAsync(40);
        Assert.All(fleet.Names, name => Assert.Equal(1, fleet.Agents.Booted[name]));
        Assert.Equal(3, fleet.Grants);
        Assert.Equal((null, 0), (fleet.Plan().StoppedBy, fleet.Plan().Slots));
        Assert.Empty(fleet.Plan().Views);
        Assert.False(NodeTuningState.IsEffective(fleet.Tuning(Node)));
    }

    [Fact]
    public async Task A_node_that_lacks_something_since_its_reboot_stops_the_others_though_it_lacked_something_else_before()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy());
        fleet.Agents.Lacking.Add(Node);
        fleet.Agents.Losing.Add(Node);
        await fleet.SettleAsync(60);
        Assert.Equal((1, Node), (fleet.Grants, fleet.Plan().StoppedBy));
        Assert.Contains("memory.hugePages[1Gi,node0] Failed", fleet.Plan().Views[Node].Message, StringComparison.Ordinal);

        fleet.Agents.Losing.Clear();
        await fleet.SettleAsync(20);
        Assert.All(fleet.Names, name => Assert.Equal(1, fleet.Agents.Booted[name]));
    }

    [Fact]
    public async Task Who_takes_the_mark_of_a_cordon_away_makes_it_their_own()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "kept"), Kept: true));
        await fleet.SettleAsync(4);
        Assert.Equal(RebootPhase.Draining, fleet.Record(Node).Phase);
        fleet.Api.Edit<V1Node>(Node, node => node.Metadata.Annotations.Remove(CordonMark.Annotation));
        fleet.Pods[Node].Clear();
        await fleet.SettleAsync(10);
        Assert.Equal((1, RebootPhase.Idle), (fleet.Agents.Booted[Node], fleet.Record(Node).Phase));
        Assert.True(fleet.Node(Node).Spec.Unschedulable);
    }

    [Fact]
    public async Task A_node_that_failed_and_was_helped_by_hand_frees_its_slot()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy());
        fleet.Agents.Stubborn.Add(Node);
        await fleet.SettleAsync(60);
        fleet.Agents.Stubborn.Clear();
        fleet.Agents.Reboot(Node);
        await fleet.SettleAsync(20);
        Assert.All(fleet.Names, name => Assert.Equal(1, fleet.Agents.Booted[name]));
    }

    [Fact]
    public async Task The_last_node_of_the_control_plane_is_never_rebooted_and_two_never_at_once()
    {
        var fleet = new SimulatedFleet(3, new DisruptionPolicy { MaxUnavailable = new CountOrPercent("3") });
        foreach (var name in fleet.Names)
        {
            fleet.Api.Edit<V1Node>(name, node => node.Metadata.Labels["node-role.kubernetes.io/control-plane"] = "");
        }

        fleet.Api.Edit<V1Node>("n02", node => node.Spec.Unschedulable = true);
        fleet.Agents.SetReady("n01", ready: false);
        await fleet.SettleAsync(5);
        Assert.All([Node, "n02"], name => Assert.Equal(TunedNodeConditions.ReasonLastControlPlaneNode, fleet.Plan().Views[name].Reason));
        Assert.Equal(0, fleet.Grants);
        fleet.Agents.SetReady("n01", ready: true);
        await fleet.SettleAsync(40);
        Assert.All(fleet.Names, name => Assert.Equal(1, fleet.Agents.Booted[name]));
        Assert.Equal(1, fleet.MostOut);
    }

    [Fact]
    public async Task Outside_of_its_window_nothing_begins()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy { Window = new TimeWindow { Start = "22:00", End = "04:00" } });
        await fleet.SettleAsync(5);
        Assert.Equal(0, fleet.Plan().Slots);
        Assert.Contains("2030-01-04 22:00 UTC", fleet.Plan().Views[Node].Message, StringComparison.Ordinal);
        Assert.Equal(new DateTimeOffset(2030, 1, 4, 22, 0, 0, TimeSpan.Zero), fleet.Plan().NextLook);

        fleet.Clock.Advance(TimeSpan.FromHours(10));
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "kept"), Kept: true));
        await fleet.SettleAsync(4);
        Assert.True(fleet.Node(Node).Spec.Unschedulable);
        // The window closes while it is emptied.
        fleet.Clock.Advance(TimeSpan.FromHours(6));
        await fleet.SettleAsync(2);
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
        Assert.Equal(0, fleet.Plan().Slots);
    }

    [Fact]
    public async Task Nodes_that_are_out_of_work_for_other_reasons_count()
    {
        var fleet = new SimulatedFleet(3, new DisruptionPolicy { MaxUnavailable = new CountOrPercent("50%") });
        fleet.Agents.SetReady("n02", ready: false);
        await fleet.SettleAsync(10);
        Assert.Equal(0, fleet.Grants);
        Assert.Equal(TunedNodeConditions.ReasonWaitingForSlot, fleet.Plan().Views[Node].Reason);
        fleet.Vanish("n02");
        await fleet.SettleAsync(20);
        Assert.All(fleet.Names, name => Assert.Equal(1, fleet.Agents.Booted[name]));
    }

    [Fact]
    public async Task A_spec_that_is_changed_back_before_the_agent_reboots_takes_the_grant_back()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        for (var i = 0; i < 6 && fleet.Record(Node).Phase != RebootPhase.Rebooting; i++)
        {
            fleet.Caches.Sync();
            await fleet.PassAsync();
        }

        Assert.Equal(RebootPhase.Rebooting, fleet.Record(Node).Phase);
        fleet.Agents.Booted[Node] = 2;
        fleet.Change();
        await fleet.SettleAsync(5);
        Assert.Equal(RebootPhase.Idle, fleet.Record(Node).Phase);
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_stops_the_rollout()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy());
        fleet.Api.Edit<Operator.Entities.V1Alpha1NodeTuning>(
            Node, t => t.Metadata.Annotations = new Dictionary<string, string> { [RebootRecord.Annotation] = "{" });
        await fleet.SettleAsync(10);
        Assert.Equal(0, fleet.Grants);
        Assert.Contains(RebootRecord.Annotation, fleet.Plan().Views[Node].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_startup_taint_is_there_until_the_tuning_is_in_effect_in_the_present_boot_and_no_other_is_touched()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy { StartupTaint = true });
        fleet.Api.Edit<V1Node>(Node, node => node.Spec.Taints = [new V1Taint { Key = "theirs", Effect = "NoExecute" }]);
        fleet.Caches.Sync();
        await fleet.PassAsync();
        Assert.Equal(["theirs", StartupTaint.Key], fleet.Node(Node).Spec.Taints.Select(t => t.Key));
        await fleet.SettleAsync(10);
        Assert.Equal(["theirs"], fleet.Node(Node).Spec.Taints.Select(t => t.Key));

        // Another boot, of which the agent has said nothing yet.
        fleet.Agents.Reboot(Node);
        fleet.Agents.Return(Node);
        fleet.Caches.Sync();
        await fleet.PassAsync();
        Assert.True(StartupTaint.IsOn(fleet.Node(Node)));
        fleet.Api.Edit<Operator.Entities.V1Alpha1TunedNode>("lab", t => t.Spec.Disruption!.StartupTaint = false);
        fleet.Caches.Sync();
        await fleet.PassAsync();
        Assert.Equal(["theirs"], fleet.Node(Node).Spec.Taints.Select(t => t.Key));
    }

    [Fact]
    public void A_startup_taint_that_the_operator_has_no_right_to_set_is_told()
    {
        foreach (var (wished, allowed) in new[] { (true, false), (true, true), (false, false) })
        {
            var fleet = new SimulatedFleet(1, new DisruptionPolicy { StartupTaint = wished });
            var plan = RebootPlanner.Plan(fleet.Observer.Read(fleet.TunedNode) with { AllowReboots = allowed }, fleet.Clock.GetUtcNow());
            Assert.Equal(wished && !allowed, plan.TaintIsLeftOut);
            Assert.Equal(wished && allowed, plan.Steps.OfType<RebootStep.Taint>().Any());
        }
    }

    [Fact]
    public async Task A_node_that_is_given_up_gets_one_more_reboot_and_then_goes()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await fleet.SettleAsync(10);
        fleet.Api.Edit<Operator.Entities.V1Alpha1NodeTuning>(Node, t => t.Metadata.DeletionTimestamp = fleet.Clock.GetUtcNow().UtcDateTime);
        fleet.Agents.Look(Node);
        fleet.Caches.Sync();
        Assert.False(Farewell(fleet).MayGo);
        await fleet.SettleAsync(10);
        Assert.Equal((2, 0), (fleet.Grants, fleet.Agents.Booted[Node]));
        Assert.Equal(new RebootFarewell(true), Farewell(fleet));
    }

    [Theory]
    [InlineData("blocked", "kept")]
    [InlineData("exhausted", "maxRebootsPerGeneration")]
    [InlineData("last control plane", "of the other nodes of the control plane 0 are Ready, and 1 must be")]
    [InlineData("never", "disruption.reboot is Never")]
    [InlineData("for ever", "8 days")]
    public async Task A_node_that_is_given_up_never_waits_for_ever_and_what_is_left_is_told(string what, string why)
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy { Drain = new DrainPolicy { Timeout = "1m" } });
        await fleet.SettleAsync(10);
        fleet.Api.Edit<Operator.Entities.V1Alpha1NodeTuning>(Node, t => t.Metadata.DeletionTimestamp = fleet.Clock.GetUtcNow().UtcDateTime);
        switch (what)
        {
            case "blocked":
                fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "kept"), Kept: true));
                break;
            case "exhausted":
                fleet.Agents.Stubborn.Add(Node);
                break;
            case "last control plane":
                fleet.Api.Edit<V1Node>(Node, node => node.Metadata.Labels["node-role.kubernetes.io/master"] = "");
                break;
            case "never":
                fleet.Api.Edit<Operator.Entities.V1Alpha1TunedNode>("lab", t => t.Spec.Disruption!.Reboot = RebootPolicy.Never);
                break;
            default:
                fleet.StartRun(Node);
                await fleet.SettleAsync(2);
                Assert.False(Farewell(fleet).MayGo);
                fleet.Clock.Advance(RebootTimes.Farewell);
                break;
        }

        await fleet.SettleAsync(60);
        Assert.True(Farewell(fleet).MayGo);
        Assert.Contains(why, Farewell(fleet).Remark, StringComparison.Ordinal);
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
    }

    [Fact]
    public async Task A_TunedNode_names_the_nodes_by_what_keeps_them()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy());
        fleet.StartRun(Node);
        await fleet.SettleAsync(6, comeBack: false);
        var observed = new TunedNodeObservation
        {
            TunedNode = fleet.TunedNode,
            TunedNodes = [fleet.TunedNode],
            Nodes = [.. fleet.Names.Select(fleet.Node)],
            Tunings = [.. fleet.Names.Select(fleet.Tuning)],
            ReservedNodes = new HashSet<string>(),
            Reboots = fleet.Plan(),
        };
        var status = TunedNodePlanner.Plan(observed, fleet.Clock.GetUtcNow()).Status;
        Assert.Equal(
            [(Node, TunedNodeConditions.ReasonWaitingForRun), ("n01", TunedNodeConditions.ReasonRebooting)],
            status.ProblemNodes.Select(node => (node.Name, node.Reason)));
        Assert.True(status.Conditions.IsTrue(TunedNodeConditions.RebootPending));
    }

    private static RebootFarewell Farewell(SimulatedFleet fleet)
    {
        var observed = fleet.Observer.Read(fleet.TunedNode);
        return RebootFarewell.Of(observed.Nodes.Single(node => node.Name == Node), observed, fleet.Clock.GetUtcNow());
    }
}

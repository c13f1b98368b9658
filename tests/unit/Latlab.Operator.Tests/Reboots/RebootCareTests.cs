using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>What would cost a node its work, a cluster its quorum or a deletion its end, if the operator looked less closely.</summary>
public sealed class RebootCareTests
{
    private const string Node = "n00";

    [Theory]
    [InlineData(2, 0, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 0, 1)]
    [InlineData(3, 1, 0)]
    [InlineData(4, 1, 0)]
    [InlineData(5, 1, 1)]
    [InlineData(5, 2, 0)]
    public async Task A_node_of_the_control_plane_is_rebooted_only_when_the_others_are_a_quorum_without_it(
        int nodes, int notReady, int grants)
    {
        var fleet = new SimulatedFleet(nodes, new DisruptionPolicy { MaxUnavailable = new CountOrPercent("5") });
        foreach (var name in fleet.Names)
        {
            fleet.Api.Edit<V1Node>(name, node => node.Metadata.Labels["node-role.kubernetes.io/control-plane"] = "");
            fleet.Agents.SetReady(name, ready: string.CompareOrdinal(name, $"n{nodes - notReady:00}") < 0);
        }

        await fleet.SettleAsync(6, comeBack: false);
        Assert.Equal(grants, fleet.Grants);
        var reason = grants > 0 ? TunedNodeConditions.ReasonRebooting : TunedNodeConditions.ReasonLastControlPlaneNode;
        Assert.Equal(reason, fleet.Plan().Views[Node].Reason);
    }

    [Fact]
    public async Task A_cordon_of_somebody_else_does_not_count_as_out_of_work_neither_among_all_nor_in_the_control_plane()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy());
        foreach (var name in fleet.Names)
        {
            fleet.Api.Edit<V1Node>(name, node => node.Metadata.Labels["node-role.kubernetes.io/control-plane"] = "");
        }

        fleet.Api.Edit<V1Node>("n01", node => node.Spec.Unschedulable = true);
        await fleet.SettleAsync(20);
        Assert.Equal(2, fleet.Grants);
        Assert.True(fleet.Node("n01").Spec.Unschedulable);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Of_a_control_plane_that_is_given_up_no_node_is_let_go_without_its_reboot_as_another_has_the_turn(int nodes)
    {
        var fleet = new SimulatedFleet(nodes, new DisruptionPolicy());
        await fleet.SettleAsync(30);
        foreach (var name in fleet.Names)
        {
            fleet.Api.Edit<V1Node>(name, node => node.Metadata.Labels["node-role.kubernetes.io/control-plane"] = "");
            GiveUp(fleet, name);
        }

        await fleet.SettleAsync(6, comeBack: false);
        Assert.Equal(RebootPhase.Rebooting, fleet.Record(Node).Phase);
        Assert.All(fleet.Names, name => Assert.False(Farewell(fleet, name).MayGo));
    }

    [Fact]
    public async Task A_cache_that_is_behind_takes_neither_cordon_nor_Lease_from_a_node_that_may_reboot()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await UntilAsync(fleet, RebootPhase.Draining);
        await fleet.PassAsync();
        Assert.Equal(RebootPhase.Rebooting, fleet.Record(Node).Phase);

        // By the cache it is being emptied, and went down meanwhile.
        fleet.Agents.Reboot(Node);
        fleet.Caches.SyncNodes();
        Assert.True(await fleet.PassAsync());
        AssertHeld(fleet);
    }

    [Fact]
    public async Task A_record_that_cannot_be_written_leaves_cordon_and_Lease_as_they_are()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await UntilAsync(fleet, RebootPhase.Draining);
        fleet.Agents.SetReady(Node, ready: false);
        fleet.Caches.Sync();
        fleet.Client.DelayNext = true;
        Assert.False(await fleet.PassAsync());
        AssertHeld(fleet);

        fleet.Client.Deliver();
        await fleet.SettleAsync(2);
        Assert.Equal(RebootPhase.Idle, fleet.Record(Node).Phase);
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
        Assert.Null(fleet.Lease(Node));
    }

    [Fact]
    public async Task A_node_that_was_not_given_back_as_the_operator_was_killed_counts_until_it_is()
    {
        var fleet = new SimulatedFleet(2, new DisruptionPolicy());
        await UntilAsync(fleet, RebootPhase.Draining);
        fleet.Agents.Booted[Node] = 1;
        fleet.Agents.Look(Node);
        fleet.Caches.Sync();
        fleet.Client.WritesLeft = 1;
        Assert.False(await fleet.PassAsync());
        fleet.Caches.Sync();
        Assert.Equal(RebootPhase.Idle, fleet.Record(Node).Phase);
        AssertHeld(fleet);
        Assert.Equal(TunedNodeConditions.ReasonWaitingForSlot, fleet.Plan().Views["n01"].Reason);

        fleet.Client.WritesLeft = -1;
        await fleet.SettleAsync(10);
        Assert.Null(fleet.Lease(Node));
        Assert.All(fleet.Names, name => Assert.Null(fleet.Node(name).Spec.Unschedulable));
        Assert.Equal(1, fleet.Agents.Booted["n01"]);
    }

    [Fact]
    public async Task A_node_that_was_rebooted_by_hand_is_left_alone_until_its_agent_has_looked()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Agents.Reboot(Node);
        fleet.Agents.Return(Node);
        fleet.Caches.Sync();
        Assert.Empty(fleet.Plan().Steps);
        await fleet.SettleAsync(10);
        Assert.Equal((0, 1), (fleet.Grants, fleet.Agents.Booted[Node]));
    }

    [Fact]
    public async Task A_node_that_is_given_up_and_was_rebooted_by_hand_is_let_go_only_when_its_agent_has_looked()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await fleet.SettleAsync(10);
        GiveUp(fleet, Node);
        fleet.Agents.Reboot(Node);
        fleet.Agents.Return(Node);
        fleet.Caches.Sync();
        Assert.False(Farewell(fleet, Node).MayGo);
        fleet.Agents.Look(Node);
        fleet.Caches.Sync();
        Assert.Equal(new RebootFarewell(true), Farewell(fleet, Node));
    }

    [Fact]
    public async Task Nodes_that_are_being_emptied_go_back_to_work_when_others_fail_those_first_to_which_nothing_was_done()
    {
        var fleet = new SimulatedFleet(5, new DisruptionPolicy { MaxUnavailable = new CountOrPercent("3") });
        foreach (var name in fleet.Names.Take(2))
        {
            fleet.Pods[name].Add((SimulatedPods.Pod(name, "kept"), Kept: true));
            fleet.StartRun(name == "n00" ? "n02" : "n03");
        }

        fleet.StartRun("n04");
        await fleet.SettleAsync(4);
        fleet.EndRun("n02");
        fleet.Caches.Sync();
        await fleet.PassAsync();
        fleet.Caches.Sync();
        Assert.Equal(
            [RebootPhase.Draining, RebootPhase.Draining, RebootPhase.Reserved],
            fleet.Names.Take(3).Select(name => fleet.Record(name).Phase));

        fleet.Agents.SetReady("n03", ready: false);
        fleet.Caches.Sync();
        Assert.Equal(["n02"], GivingBack(fleet));
        fleet.Agents.SetReady("n04", ready: false);
        fleet.Caches.Sync();
        Assert.Equal(["n01", "n02"], GivingBack(fleet));
    }

    [Fact]
    public async Task A_node_that_was_lost_in_its_farewell_reboot_is_let_go_when_its_time_is_over()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await fleet.SettleAsync(10);
        GiveUp(fleet, Node);
        await fleet.SettleAsync(6, comeBack: false);
        fleet.Clock.Advance(TimeSpan.FromMinutes(15));
        await fleet.SettleAsync(2, comeBack: false);
        Assert.Equal(RebootPhase.Lost, fleet.Record(Node).Phase);
        Assert.False(Farewell(fleet, Node).MayGo);

        fleet.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.True(Farewell(fleet, Node).MayGo);
        Assert.Contains("did not come back", Farewell(fleet, Node).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_given_up_and_whose_record_cannot_be_read_is_let_go()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await fleet.SettleAsync(10);
        GiveUp(fleet, Node);
        fleet.Api.Edit<V1Alpha1NodeTuning>(Node, t => t.Metadata.Annotations[RebootRecord.Annotation] = "{");
        await fleet.SettleAsync(2);
        Assert.True(Farewell(fleet, Node).MayGo);
        Assert.Contains(RebootRecord.Annotation, Farewell(fleet, Node).Remark, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_was_given_back_loses_no_pod_to_a_pass_that_has_not_seen_that()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "a"), Kept: false));
        await UntilAsync(fleet, RebootPhase.Draining);
        fleet.Api.Edit<V1Alpha1NodeTuning>(
            Node, t => t.Metadata.Annotations = fleet.Record(Node).Enter(RebootPhase.Idle, fleet.Clock.GetUtcNow()).WriteTo(t).Metadata.Annotations);
        Assert.False(await fleet.PassAsync());
        Assert.Single(fleet.Pods[Node]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_eviction_that_is_not_answered_keeps_no_other_node_from_its_own(bool timeout)
    {
        var fleet = new SimulatedFleet(3, new DisruptionPolicy { MaxUnavailable = new CountOrPercent("3") });
        foreach (var name in fleet.Names)
        {
            fleet.Pods[name].Add((SimulatedPods.Pod(name, $"of-{name}"), Kept: false));
        }

        fleet.Pods.Fault = pod => pod.Metadata.Name != "of-n00" ? null
            : timeout ? new TaskCanceledException("timeout")
            : new HttpRequestException("reset");
        for (var i = 0; i < 8; i++)
        {
            fleet.Caches.Sync();
            await fleet.PassAsync();
        }

        Assert.Single(fleet.Pods[Node]);
        Assert.All(["n01", "n02"], name => Assert.Equal(RebootPhase.Rebooting, fleet.Record(name).Phase));
        Assert.Contains("RebootStepFailed", fleet.Events.All.Select(e => e.Reason));
    }

    private static void AssertHeld(SimulatedFleet fleet)
    {
        Assert.True(fleet.Node(Node).Spec.Unschedulable);
        Assert.Equal(fleet.Tuning(Node).Metadata.Uid, NodeReservation.RebootOf(fleet.Lease(Node)));
    }

    private static IEnumerable<string> GivingBack(SimulatedFleet fleet) =>
        fleet.Plan().Steps.OfType<RebootStep.Release>().Select(step => step.Node.Name).Order(StringComparer.Ordinal);

    private static async Task UntilAsync(SimulatedFleet fleet, RebootPhase phase)
    {
        for (var i = 0; i < 10 && fleet.Record(Node).Phase != phase; i++)
        {
            fleet.Caches.Sync();
            await fleet.PassAsync();
        }

        fleet.Caches.Sync();
        Assert.Equal(phase, fleet.Record(Node).Phase);
    }

    private static void GiveUp(SimulatedFleet fleet, string name)
    {
        fleet.Api.Edit<V1Alpha1NodeTuning>(name, t => t.Metadata.DeletionTimestamp = fleet.Clock.GetUtcNow().UtcDateTime);
        fleet.Agents.Look(name);
        fleet.Caches.Sync();
    }

    private static RebootFarewell Farewell(SimulatedFleet fleet, string name)
    {
        var observed = fleet.Observer.Read(fleet.TunedNode);
        return RebootFarewell.Of(observed.Nodes.Single(node => node.Name == name), observed, fleet.Clock.GetUtcNow());
    }
}

using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>That a node is not rebooted for ever, whatever becomes of NodeTunings.</summary>
public sealed class RebootBudgetTests
{
    private const string Node = "n00";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_tuning_that_takes_away_the_label_that_selects_its_node_ends_its_boots_only_as_often_as_it_may(int most)
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy { MaxRebootsPerGeneration = most });
        for (var i = 0; i < 5; i++)
        {
            await fleet.SettleAsync(10);
            await GiveUpAsync(fleet);
            fleet.Api.Remove<V1Alpha1NodeTuning>(Node);
            fleet.Tune(Node);
        }

        await fleet.SettleAsync(10);
        Assert.Equal((2 * most, 0), (fleet.Grants, fleet.Agents.Booted[Node]));
        var view = fleet.Plan().Views[Node];
        Assert.Equal(TunedNodeConditions.ReasonRebootExhausted, view.Reason);
        var told = $"after {most} for the same boot arguments of TunedNode \"lab\", the last at 2030-01-04";
        Assert.Contains(told, view.Message, StringComparison.Ordinal);
        Assert.Contains($"take the annotation {RebootBudget.Annotation} off the Node", view.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restoring_reboot_beyond_the_budget_is_left_out_and_that_is_told()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await fleet.SettleAsync(10);
        await GiveUpAsync(fleet);
        fleet.Api.Remove<V1Alpha1NodeTuning>(Node);
        fleet.Tune(Node);
        fleet.Agents.Reboot(Node);
        fleet.Agents.Return(Node);
        await fleet.SettleAsync(5);
        Assert.Equal(1, fleet.Agents.Booted[Node]);

        var farewell = await GiveUpAsync(fleet);
        Assert.True(farewell.MayGo);
        Assert.Contains(RebootBudget.Annotation, farewell.Remark, StringComparison.Ordinal);
        Assert.Equal(2, fleet.Grants);
    }

    [Fact]
    public async Task Other_boot_arguments_and_an_annotation_that_is_taken_away_give_a_new_budget()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Agents.Stubborn.Add(Node);
        await fleet.SettleAsync(60);
        Assert.Equal((1, RebootPhase.Failed), (fleet.Grants, fleet.Record(Node).Phase));

        fleet.Api.Edit<V1Node>(Node, node => node.Metadata.Annotations.Remove(RebootBudget.Annotation));
        fleet.Caches.Sync();
        await fleet.PassAsync();
        fleet.Caches.Sync();
        Assert.IsType<RebootStep.TakeSlot>(Assert.Single(fleet.Plan().Steps));

        fleet.Change();
        await fleet.SettleAsync(60);
        Assert.Equal((2, RebootPhase.Failed), (fleet.Grants, fleet.Record(Node).Phase));
    }

    [Fact]
    public async Task A_generation_with_the_same_boot_arguments_has_the_same_budget()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Agents.Stubborn.Add(Node);
        await fleet.SettleAsync(60);
        var arguments = fleet.Tuning(Node).Spec.Kernel;
        fleet.Change();
        fleet.Api.Edit<V1Alpha1TunedNode>("lab", tunedNode => tunedNode.Spec = tunedNode.Spec with { Kernel = arguments });
        fleet.Api.Edit<V1Alpha1NodeTuning>(Node, tuning => tuning.Spec = tuning.Spec with { Kernel = arguments });
        await fleet.SettleAsync(20);
        Assert.Equal((1, TunedNodeConditions.ReasonRebootExhausted), (fleet.Grants, fleet.Plan().Views[Node].Reason));
    }

    [Fact]
    public async Task A_reboot_that_was_counted_and_not_granted_as_the_operator_was_killed_is_granted_after_all()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await UntilDrainingAsync(fleet);
        fleet.Client.WritesLeft = 1;
        Assert.False(await fleet.PassAsync());
        Assert.Equal((0, 1), (fleet.Grants, Budget(fleet).Reboots));

        fleet.Client.WritesLeft = -1;
        await fleet.SettleAsync(10);
        Assert.Equal((1, 1, 1), (fleet.Grants, Budget(fleet).Reboots, fleet.Agents.Booted[Node]));
    }

    [Fact]
    public async Task A_count_that_the_cache_does_not_have_yet_keeps_the_node_from_its_reboot()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        await UntilDrainingAsync(fleet);
        var spent = Budget(fleet).Count("boot-0", restoring: false, fleet.Clock.GetUtcNow());
        fleet.Api.Edit<V1Node>(Node, node => node.Metadata.Annotations[RebootBudget.Annotation] = spent.WriteTo(node));
        Assert.False(await fleet.PassAsync());
        Assert.Equal(0, fleet.Grants);

        await fleet.SettleAsync(5);
        Assert.Equal((0, TunedNodeConditions.ReasonRebootExhausted), (fleet.Grants, fleet.Plan().Views[Node].Reason));
        Assert.Null(fleet.Node(Node).Spec.Unschedulable);
    }

    [Fact]
    public async Task A_budget_that_cannot_be_read_is_used_up()
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy());
        fleet.Api.Edit<V1Node>(
            Node, node => node.Metadata.Annotations = new Dictionary<string, string> { [RebootBudget.Annotation] = "{" });
        await fleet.SettleAsync(10);
        Assert.Equal((0, TunedNodeConditions.ReasonRebootExhausted), (fleet.Grants, fleet.Plan().Views[Node].Reason));
        Assert.Contains("cannot be read", fleet.Plan().Views[Node].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TunedNodes_that_take_turns_on_a_node_have_a_budget_each_and_old_ones_are_dropped()
    {
        var node = new V1Node { Metadata = new V1ObjectMeta { Name = Node, Annotations = new Dictionary<string, string>() } };
        var now = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var i = 0; i < 10; i++)
        {
            var next = RebootBudget.Of(node, Tuning($"t{i}")).Count($"boot-{i}", restoring: false, now + TimeSpan.FromHours(i));
            node.Metadata.Annotations[RebootBudget.Annotation] = next.WriteTo(node);
        }

        Assert.Equal([0, 0, 1, 1, 1, 1, 1, 1, 1, 1], Enumerable.Range(0, 10).Select(i => RebootBudget.Of(node, Tuning($"t{i}")).Reboots));
    }

    private static V1Alpha1NodeTuning Tuning(string tunedNode) => new()
    {
        Spec = new() { TunedNode = new() { Name = tunedNode } },
    };

    private static RebootBudget Budget(SimulatedFleet fleet) => RebootBudget.Of(fleet.Node(Node), fleet.Tuning(Node));

    private static async Task UntilDrainingAsync(SimulatedFleet fleet)
    {
        for (var i = 0; i < 10 && fleet.Record(Node).Phase != RebootPhase.Draining; i++)
        {
            fleet.Caches.Sync();
            await fleet.PassAsync();
        }

        fleet.Caches.Sync();
        Assert.Equal(RebootPhase.Draining, fleet.Record(Node).Phase);
    }

    private static async Task<RebootFarewell> GiveUpAsync(SimulatedFleet fleet)
    {
        fleet.Api.Edit<V1Alpha1NodeTuning>(Node, t => t.Metadata.DeletionTimestamp = fleet.Clock.GetUtcNow().UtcDateTime);
        fleet.Agents.Look(Node);
        await fleet.SettleAsync(10);
        var observed = fleet.Observer.Read(fleet.TunedNode);
        return RebootFarewell.Of(Assert.Single(observed.Nodes), observed, fleet.Clock.GetUtcNow());
    }
}

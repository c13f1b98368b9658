using Latlab.Crds.TunedNodes;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>The time for emptying a node is over, and while it passed nobody was there to try: the lead changed hands.</summary>
public sealed class LastTryTests
{
    private const string Node = "n00";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_pod_that_may_go_is_evicted_and_the_node_rebooted()
    {
        var fleet = await AbandonedAsync(kept: false);
        await fleet.SettleAsync(10);
        Assert.Equal((1, 0), (fleet.Agents.Booted[Node], fleet.Record(Node).BlockedDrains));
    }

    [Fact]
    public async Task A_pod_that_a_budget_keeps_is_tried_before_the_drain_is_called_blocked()
    {
        var fleet = await AbandonedAsync(kept: true);
        await fleet.PassAsync();
        Assert.Equal((RebootPhase.Draining, fleet.Clock.GetUtcNow()), (fleet.Record(Node).Phase, fleet.Record(Node).LastTryAt));
        fleet.Caches.Sync();
        await fleet.PassAsync();
        Assert.Equal((RebootPhase.Idle, 1), (fleet.Record(Node).Phase, fleet.Record(Node).BlockedDrains));
        Assert.Contains("quorum", fleet.Record(Node).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pod_that_takes_its_time_to_end_has_a_minute()
    {
        var fleet = await AbandonedAsync(kept: false);
        await fleet.PassAsync();
        var ending = SimulatedPods.Pod(Node, "a");
        ending.Metadata.DeletionTimestamp = fleet.Clock.GetUtcNow().UtcDateTime;
        fleet.Pods[Node].Add((ending, Kept: false));
        fleet.Clock.Advance(RebootTimes.LastTry - TimeSpan.FromSeconds(1));
        fleet.Caches.Sync();
        await fleet.PassAsync();
        Assert.Equal(RebootPhase.Draining, fleet.Record(Node).Phase);
        fleet.Clock.Advance(TimeSpan.FromSeconds(1));
        await fleet.PassAsync();
        Assert.Equal((RebootPhase.Idle, 1), (fleet.Record(Node).Phase, fleet.Record(Node).BlockedDrains));
    }

    [Fact]
    public async Task A_try_that_nobody_answers_is_the_last_one_all_the_same()
    {
        var fleet = await AbandonedAsync(kept: false);
        fleet.Pods.Fault = _ => new HttpRequestException("reset");
        Assert.False(await fleet.PassAsync());
        fleet.Caches.Sync();
        Assert.True(await fleet.PassAsync());
        Assert.Equal((RebootPhase.Idle, 1), (fleet.Record(Node).Phase, fleet.Record(Node).BlockedDrains));
    }

    /// <summary>The node is cordoned, and whoever did it is gone for longer than emptying may take.</summary>
    private static async Task<SimulatedFleet> AbandonedAsync(bool kept)
    {
        var fleet = new SimulatedFleet(1, new DisruptionPolicy { Drain = new DrainPolicy { Timeout = "10m" } });
        fleet.Pods[Node].Add((SimulatedPods.Pod(Node, "a"), kept));
        for (var i = 0; i < 10 && fleet.Record(Node).Phase != RebootPhase.Draining; i++)
        {
            await fleet.PassAsync();
            fleet.Agents.Look(Node);
            fleet.Caches.Sync();
        }

        Assert.Equal((RebootPhase.Draining, 1), (fleet.Record(Node).Phase, fleet.Pods[Node].Count));
        fleet.Clock.Advance(Timeout);
        return fleet;
    }
}

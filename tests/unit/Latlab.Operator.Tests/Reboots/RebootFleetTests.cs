using CsCheck;
using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>
/// What must hold whatever happens in which order. <see cref="FleetRules"/> checks at each write: no more nodes out of work than may be, no
/// grant twice for a boot, no more than a generation may have, none for a node that a run holds or that has pods.
/// </summary>
public sealed class RebootFleetTests
{
    private enum Happening
    {
        Pass,
        StalePass,
        KilledPass,
        DelayedPass,
        Deliver,
        Agent,
        Return,
        Crash,
        NotReady,
        Ready,
        Vanish,
        Join,
        Change,
        StartRun,
        EndRun,
        Cordon,
        Pod,
        Later,
        MuchLater,
    }

    private static readonly Gen<List<(Happening What, int Which)>> Story =
        Gen.Select(Gen.Frequency(
            (8, Gen.Const(Happening.Pass)), (4, Gen.Const(Happening.StalePass)), (3, Gen.Const(Happening.KilledPass)), (3, Gen.Const(Happening.DelayedPass)),
            (3, Gen.Const(Happening.Deliver)), (6, Gen.Const(Happening.Agent)), (4, Gen.Const(Happening.Return)), (8, Gen.Enum<Happening>())), Gen.Int[0, 5])
        .List[0, 120];

    [Fact]
    public async Task Whatever_happens_no_more_nodes_are_out_of_work_than_may_be_and_in_the_end_all_are_as_wished() =>
        await Gen.Select(Story, Gen.OneOf(Gen.Const("1"), Gen.Const("2"), Gen.Const("50%")), Gen.Int[1, 2], Gen.Int[0, 5].HashSet[0, 3]).SampleAsync(
            async (story, most, reboots, lacking) =>
            {
                var fleet = new SimulatedFleet(6, new DisruptionPolicy { MaxUnavailable = new CountOrPercent(most), MaxRebootsPerGeneration = reboots });
                fleet.Agents.Lacking.UnionWith(lacking.Select(which => $"n{which:00}"));
                foreach (var name in fleet.Names)
                {
                    fleet.Agents.Look(name);
                }

                fleet.Caches.Sync();
                var cordoned = new HashSet<string>();
                foreach (var (what, which) in story)
                {
                    await HappenAsync(fleet, what, $"n{which:00}", cordoned);
                }

                foreach (var name in fleet.Names)
                {
                    fleet.EndRun(name);
                    fleet.Agents.Return(name);
                    fleet.Agents.SetReady(name, ready: true);
                    fleet.Pods[name].Clear();
                }

                fleet.Client.Deliver();
                (fleet.Client.WritesLeft, fleet.Client.DelayNext) = (-1, false);
                fleet.Clock.Advance(TimeSpan.FromHours(7));
                await fleet.SettleAsync(40);
                foreach (var name in fleet.Names.Where(name => fleet.Agents.Booted[name] != fleet.TunedNode.Metadata.Generation))
                {
                    // What an administrator is told to do about a node that was let reboot and did not, and about those that wait for it.
                    Assert.True(fleet.Plan().Views.ContainsKey(name), $"nothing is said of {name}");
                    fleet.Agents.Reboot(name);
                    fleet.Agents.Return(name);
                }

                await fleet.SettleAsync(20);
                foreach (var name in fleet.Names)
                {
                    Assert.Equal(fleet.TunedNode.Metadata.Generation, fleet.Agents.Booted[name]);
                    Assert.Equal(RebootPhase.Idle, fleet.Record(name).Phase);
                    Assert.Equal(cordoned.Contains(name), fleet.Node(name).Spec.Unschedulable == true);
                    Assert.Null(fleet.Lease(name));
                }
            },
            iter: 150);

    private static async Task HappenAsync(SimulatedFleet fleet, Happening what, string name, HashSet<string> cordoned)
    {
        var isThere = fleet.Names.Contains(name);
        switch (what)
        {
            case Happening.Pass:
                fleet.Caches.Sync();
                await fleet.PassAsync();
                break;
            case Happening.StalePass:
                fleet.Caches.SyncNodes();
                fleet.Caches.SyncTuning(name);
                await fleet.PassAsync();
                break;
            case Happening.KilledPass:
                fleet.Caches.Sync();
                fleet.Client.WritesLeft = name[^1] - '0';
                await fleet.PassAsync();
                fleet.Client.WritesLeft = -1;
                break;
            case Happening.DelayedPass:
                fleet.Caches.Sync();
                fleet.Client.DelayNext = true;
                await fleet.PassAsync();
                fleet.Client.DelayNext = false;
                break;
            case Happening.Deliver:
                fleet.Client.Deliver();
                break;
            case Happening.Join when !isThere:
                fleet.Join(name);
                break;
            case Happening.Change:
                fleet.Change();
                break;
            case Happening.Later:
                fleet.Clock.Advance(TimeSpan.FromMinutes(2));
                break;
            case Happening.MuchLater:
                fleet.Clock.Advance(TimeSpan.FromMinutes(20));
                break;
            case Happening.Agent when isThere:
                fleet.Agents.Look(name);
                break;
            case Happening.Return when isThere:
                fleet.Agents.Return(name);
                break;
            case Happening.Crash when isThere:
                fleet.Agents.Reboot(name);
                break;
            case Happening.NotReady when isThere:
                fleet.Agents.SetReady(name, ready: false);
                break;
            case Happening.Ready when isThere && !fleet.Agents.Down.Contains(name):
                fleet.Agents.SetReady(name, ready: true);
                break;
            case Happening.Vanish when isThere:
                cordoned.Remove(name);
                fleet.Vanish(name);
                break;
            case Happening.StartRun when isThere:
                fleet.StartRun(name);
                break;
            case Happening.EndRun when isThere:
                fleet.EndRun(name);
                break;
            case Happening.Cordon when isThere && fleet.Node(name).Spec.Unschedulable != true:
                fleet.Api.Edit<V1Node>(name, node => node.Spec.Unschedulable = true);
                cordoned.Add(name);
                break;
            case Happening.Pod when isThere && fleet.Record(name).Phase == RebootPhase.Idle:
                fleet.Pods[name].Add((SimulatedPods.Pod(name, $"p{fleet.Pods[name].Count}"), Kept: fleet.Pods[name].Count % 2 == 1));
                break;
        }
    }
}

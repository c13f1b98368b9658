using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class NetworkDeviceTests
{
    private static readonly NodeTuningSpec Steering = Of(new() { Device = "ens1f0", ReceiveCpus = "0-1" });
    private static readonly NodeTuningSpec Two = Of(new() { Device = "ens1f0", CombinedQueues = 2 });

    [Fact]
    public void Every_queues_work_goes_to_the_CPUs_and_back()
    {
        using var tree = Queues();
        var entry = Assert.Single(tree.Tuner().Apply(Steering).Ledger);
        Assert.Equal(
            (KnobState.InEffect, "networkDevices.receiveCpus[ens1f0]", "0-1=0-1", "/sys/class/net/ens1f0/queues/rx-*/rps_cpus"),
            (entry.State, entry.Knob, entry.Effective, entry.Evidence));
        Assert.Equal(("3", "3"), (tree.Text(Queue(0)), tree.Text(Queue(1))));
        tree.Tuner().Restore();
        Assert.Equal(("0", "0"), (tree.Text(Queue(0)), tree.Text(Queue(1))));
    }

    [Fact]
    public void A_queue_that_appears_is_no_drift_and_one_that_changes_is()
    {
        using var tree = Queues();
        tree.Tuner().Apply(Steering);
        tree.File(Queue(2), "00");
        Assert.Equal(0, tree.Tuner().Apply(Steering).Journal.Drifts);
        Assert.Equal("3", tree.Text(Queue(2)));
        tree.File(Queue(1), "c");
        Assert.Equal(1, tree.Tuner().Apply(Steering).Journal.Drifts);
        tree.Tuner().Restore();
        Assert.Equal("0", tree.Text(Queue(2)));
    }

    [Fact]
    public void A_device_that_is_out_of_sight_when_the_tuning_ends_is_set_back_when_it_returns()
    {
        using var tree = Queues();
        tree.Tuner().Apply(Steering);
        // Into the namespace of a pod, and back.
        Directory.Move(tree.Root + "/sys/class/net/ens1f0", tree.Root + "/pod");
        var entry = Assert.Single(tree.Tuner().Restore().Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("this node has no /sys/class/net/ens1f0/queues/", entry.Message, StringComparison.Ordinal);
        Directory.Move(tree.Root + "/pod", tree.Root + "/sys/class/net/ens1f0");
        Assert.True(tree.Tuner().Restore().IsWhole);
        Assert.Equal(("0", "0"), (tree.Text(Queue(0)), tree.Text(Queue(1))));
    }

    [Theory]
    [InlineData("ens1f0", "2-9", KnobState.Refused, "no CPU 4-9")]
    [InlineData("../../irq", "0-1", KnobState.Refused, "no network device can have that name")]
    [InlineData("a..b", "0-1", KnobState.Refused, "no network device can have that name")]
    [InlineData("ens9", "0-1", KnobState.Unsupported, "has no /sys/class/net/ens9/queues/rx-*/rps_cpus")]
    public void What_cannot_be_steered_is_said(string device, string cpus, KnobState state, string reason)
    {
        using var tree = Queues();
        var entry = Assert.Single(tree.Tuner().Apply(Of(new() { Device = device, ReceiveCpus = cpus })).Ledger);
        Assert.Equal(state, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Queues_are_set_read_back_and_set_back()
    {
        using var tree = EthtoolHost.Tree();
        var host = new EthtoolHost(tree);
        var entry = Assert.Single(tree.Tuner(host).Apply(Two).Ledger);
        Assert.Equal((KnobState.InEffect, "2", "ethtool -l ens1f0"), (entry.State, entry.Effective, entry.Evidence));
        Assert.Contains("ethtool -L ens1f0 combined 2", host.Commands);
        tree.File(EthtoolHost.File("ens1f0"), "4");
        Assert.Equal(1, tree.Tuner(host).Apply(Two).Journal.Drifts);
        tree.Tuner(host).Restore();
        Assert.Equal("8", tree.Text(EthtoolHost.File("ens1f0")));
    }

    [Theory]
    [InlineData("""[{"dst":"198.51.100.0/24","gateway":"192.0.2.9","dev":"ens1f0"}]""", """[{"ifname":"ens1f0"}]""")]
    [InlineData("""[{"dst":"default","dev":"ens1f0"}]""", """[{"ifname":"ens1f0"}]""")]
    [InlineData("""[{"dst":"default","nexthops":[{"dev":"eth0"},{"dev":"ens1f0"}]}]""", """[{"ifname":"ens1f0"}]""")]
    [InlineData("""[{"dst":"default","dev":"bond0"}]""", """[{"ifname":"bond0"},{"ifname":"ens1f0","master":"bond0"}]""")]
    [InlineData("""[{"dst":"default","dev":"br0.7"}]""", """[{"ifname":"br0.7","link":"br0"},{"ifname":"br0"},{"ifname":"ens1f0","master":"br0"}]""")]
    public void The_link_that_the_nodes_routes_need_is_never_taken_down(string routes, string links)
    {
        using var tree = EthtoolHost.Tree();
        var host = new EthtoolHost(tree) { Routes = routes, Links = links };
        var entry = Assert.Single(tree.Tuner(host).Apply(Two).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Matches("its link would go down for a moment, and .*(ens1f0|bond0|br0.7).* carries the (default )?route", entry.Message);
        Assert.DoesNotContain(host.Commands, command => command.StartsWith("ethtool -L", StringComparison.Ordinal));
    }

    [Fact]
    public void Nor_the_one_with_the_nodes_address_also_when_that_came_since_and_nothing_is_put_back_for_it()
    {
        using var tree = EthtoolHost.Tree();
        tree.Tuner(new EthtoolHost(tree)).Apply(Two);
        tree.File(EthtoolHost.File("ens1f0"), "4");
        var host = new EthtoolHost(tree)
        {
            Addresses = """[{"ifname":"ens1f0","addr_info":[{"family":"inet","local":"192.0.2.7","prefixlen":24,"scope":"global"}]}]""",
        };
        var entry = Assert.Single(tree.Tuner(host).Apply(Two).Ledger);
        Assert.Equal((KnobState.Refused, "4"), (entry.State, tree.Text(EthtoolHost.File("ens1f0"))));
        Assert.Contains("ens1f0 carries the address 192.0.2.7/24", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Commands, command => command.StartsWith("ethtool -L", StringComparison.Ordinal));
        Assert.Equal("8", Assert.Single(tree.Journal().Entries).Prior);
    }

    [Fact]
    public void Where_routes_cannot_be_seen_nothing_is_changed()
    {
        using var tree = EthtoolHost.Tree();
        var entry = Assert.Single(tree.Tuner(new EthtoolHost(tree) { RoutesError = "denied" }).Apply(Two).Ledger);
        Assert.Equal((KnobState.Refused, "8"), (entry.State, tree.Text(EthtoolHost.File("ens1f0"))));
        Assert.Contains("denied", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_that_came_since_keeps_the_prior_number_from_being_set()
    {
        using var tree = EthtoolHost.Tree();
        tree.Tuner(new EthtoolHost(tree)).Apply(Two);
        var outcome = tree.Tuner(new EthtoolHost(tree) { Routes = """[{"dst":"default","dev":"ens1f0"}]""" }).Restore();
        Assert.False(outcome.IsWhole);
        Assert.Equal("2", tree.Text(EthtoolHost.File("ens1f0")));
    }

    [Theory]
    [InlineData("unsupported", KnobState.Unsupported, "has no number of queues to set")]
    [InlineData("apart", KnobState.Unsupported, "has no combined queues")]
    [InlineData("", KnobState.Failed, "no device matches name")]
    public void A_device_without_them_says_so(string kind, KnobState state, string reason)
    {
        using var tree = FakeTree.WithCpus();
        if (kind.Length > 0)
        {
            tree.File(EthtoolHost.File("ens1f0"), kind);
        }

        var entry = Assert.Single(tree.Tuner(new EthtoolHost(tree)).Apply(Two).Ledger);
        Assert.Equal(state, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_device_has_fails_with_what_it_has()
    {
        using var tree = EthtoolHost.Tree();
        var entry = Assert.Single(tree.Tuner(new EthtoolHost(tree)).Apply(Of(new() { Device = "ens1f0", CombinedQueues = 9 })).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("it has at most 8", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_survive_a_kill_at_any_step()
    {
        Deaths.AtEachStep(Queues, tree => tree.Host, Steering);
        Deaths.AtEachStep(EthtoolHost.Tree, tree => new EthtoolHost(tree), Two);
    }

    private static FakeTree Queues() => FakeTree.WithCpus().File(Queue(0), "0").File(Queue(1), "0");

    private static string Queue(int number) => $"/sys/class/net/ens1f0/queues/rx-{number}/rps_cpus";

    private static NodeTuningSpec Of(NetworkDeviceTuning device) => new() { NetworkDevices = [device] };
}

using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class InterfaceKnobTests
{
    private const string Links = """
        [{"ifname":"lo","flags":["LOOPBACK","UP"],"mtu":65536},{"ifname":"ens1","flags":["BROADCAST"],"mtu":1500},
        {"ifname":"ens2","flags":["UP","LOWER_UP"],"mtu":1500},{"ifname":"ens3","flags":["NO-CARRIER","UP"],"mtu":1500}]
        """;

    [Theory]
    [InlineData("ens2", KnobState.InEffect, null)]
    [InlineData("ens1", KnobState.Failed, "ip link set dev ens1 up")]
    [InlineData("ens3", KnobState.Failed, "device ens3 is up and has no carrier")]
    [InlineData("ens9", KnobState.Failed, "no device ens9 on this node; ip link shows lo, ens1, ens2, ens3")]
    [InlineData("../x", KnobState.Refused, "no network device can have that name")]
    public void A_device_is_looked_at_and_never_changed(string device, KnobState state, string? message)
    {
        using var tree = FakeTree.Usual();
        var host = new LinksHost(tree.Host, Links);
        var spec = new NodeTuningSpec { Interfaces = [new() { Name = "ingress", Device = device, Namespaces = ["*"] }] };
        var entry = Assert.Single(tree.Tuner(host).Apply(spec).Ledger);
        Assert.Equal("interfaces[ingress]", entry.Knob);
        Assert.Equal(state, entry.State);
        Assert.Equal(message is null, entry.Message is null);
        Assert.Contains(message ?? "", entry.Message ?? "", StringComparison.Ordinal);
        Assert.Null(entry.Configured);
        Assert.All(host.Commands, command => Assert.Equal("ip -j -d link show", command));
    }

    [Fact]
    public void A_device_that_goes_down_has_drifted_is_counted_once_and_is_not_touched()
    {
        using var tree = FakeTree.Usual();
        var spec = new NodeTuningSpec { Interfaces = [new() { Name = "ingress", Device = "ens2", Namespaces = ["*"] }] };
        Assert.True(tree.Tuner(new LinksHost(tree.Host, Links)).Apply(spec).IsWhole);
        var unplugged = new LinksHost(tree.Host, Links.Replace("\"UP\",\"LOWER_UP\"", "\"UP\"", StringComparison.Ordinal));
        tree.Tuner(unplugged).Apply(spec);
        var entry = Assert.Single(tree.Tuner(unplugged).Apply(spec).Ledger);
        Assert.Equal((KnobState.Drifted, 1), (entry.State, entry.Drifts));
        Assert.Contains("no carrier", entry.Message, StringComparison.Ordinal);
        Assert.All(unplugged.Commands, command => Assert.Equal("ip -j -d link show", command));
        Assert.True(tree.Tuner(unplugged).Restore().IsWhole);
        Assert.Empty(tree.Journal().Entries);
    }

    [Fact]
    public void An_ip_that_prints_no_json_is_a_failure_that_says_so()
    {
        using var tree = FakeTree.Usual();
        var spec = new NodeTuningSpec { Interfaces = [new() { Name = "ingress", Device = "ens2", Namespaces = ["*"] }] };
        var entry = Assert.Single(tree.Tuner(new LinksHost(tree.Host, "1: lo: <LOOPBACK>")).Verify(spec).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("printed no JSON", entry.Message, StringComparison.Ordinal);
    }
}

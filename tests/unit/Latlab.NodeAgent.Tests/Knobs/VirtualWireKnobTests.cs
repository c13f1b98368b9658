using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;
using Latlab.NodeAgent.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.NodeAgent.Tests.Knobs;

/// <summary>Real veth pairs and the real /proc/sys, in a network namespace of each test's own.</summary>
public sealed class VirtualWireKnobTests : IDisposable
{
    private static readonly VirtualWire Left = new() { Name = "left" };
    private readonly NetworkNamespace _namespace = new();
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("latlab-wire-");

    public void Dispose()
    {
        _namespace.Dispose();
        _state.Delete(recursive: true);
    }

    [Fact]
    public void A_wire_is_made_up_silent_and_marked() => _namespace.Inside(() =>
    {
        var entry = Assert.Single(Agent().Apply(Specs.Wires(Left)).Ledger);
        Assert.Equal(KnobState.InEffect, entry.State);
        Assert.Equal("up, mtu 1500", entry.Effective);
        Assert.Equal("ip -j -d link show left-a", entry.Evidence);
        foreach (var end in new[] { Left.EndA, Left.EndB })
        {
            var link = Link(end)!;
            Assert.Contains("UP", link.Flags);
            Assert.Contains("NOARP", link.Flags);
            Assert.Equal("latlab:left", link.Alias);
            Assert.Equal("1", File.ReadAllText($"/proc/sys/net/ipv6/conf/{end}/disable_ipv6").Trim());
            Assert.Equal("", NetworkNamespace.Ip("-o", "addr", "show", "dev", end).Trim());
            Assert.Contains("qlen 1000", NetworkNamespace.Ip("link", "show", "dev", end), StringComparison.Ordinal);
        }

        Assert.Equal(Left.EndB, Link(Left.EndA)!.Peer);
    });

    [Fact]
    public void A_wire_in_effect_is_left_alone() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        var index = NetworkNamespace.Ip("-o", "link", "show", "dev", Left.EndA);
        Assert.Empty(Agent().Plan(Specs.Wires(Left), out _));
        Assert.True(Agent().Apply(Specs.Wires(Left)).IsWhole);
        Assert.Equal(index, NetworkNamespace.Ip("-o", "link", "show", "dev", Left.EndA));
    });

    [Fact]
    public void A_new_mtu_is_set_without_making_the_wire_anew() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        var index = Index(Left.EndA);
        Assert.True(Agent().Apply(Specs.Wires(Left with { Mtu = 9000 })).IsWhole);
        Assert.Equal(9000, Link(Left.EndA)!.Mtu);
        Assert.Equal(9000, Link(Left.EndB)!.Mtu);
        Assert.Equal(index, Index(Left.EndA));
    });

    [Fact]
    public void A_wire_that_left_the_spec_is_deleted_and_the_others_stay() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left, new() { Name = "right" }));
        Assert.True(Agent().Apply(Specs.Wires(new VirtualWire { Name = "right" })).IsWhole);
        Assert.Null(Link(Left.EndA));
        Assert.Null(Link(Left.EndB));
        Assert.NotNull(Link("right-a"));
    });

    [Fact]
    public void A_wire_deleted_behind_our_back_is_drift_and_made_again() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        NetworkNamespace.Ip("link", "delete", "dev", Left.EndB);
        var entry = Assert.Single(Agent().Apply(Specs.Wires(Left)).Ledger);
        Assert.Equal(KnobState.InEffect, entry.State);
        Assert.Equal(1, entry.Drifts);
        Assert.NotNull(Link(Left.EndB));
    });

    [Theory]
    [InlineData("down", "left-a down")]
    [InlineData("arp on", "ARP on at left-a")]
    [InlineData("addrgenmode eui64", "IPv6 on at left-a")]
    [InlineData("mtu 1400", "mtu 1400/1500")]
    public void Each_deviation_is_drift_and_named(string change, string named) => _namespace.Inside(() =>
    {
        var report = Specs.Wires(Left) with { Drift = DriftPolicy.Report };
        Agent().Apply(report);
        NetworkNamespace.Ip(["link", "set", "dev", Left.EndA, .. change.Split(' ')]);
        var entry = Assert.Single(Agent().Apply(report).Ledger);
        Assert.Equal(KnobState.Drifted, entry.State);
        Assert.Contains(named, entry.Effective, StringComparison.Ordinal);
        Assert.True(Agent().Apply(Specs.Wires(Left)).IsWhole);
    });

    [Theory]
    [InlineData("left-a")]
    [InlineData("left-b")]
    public void A_foreign_device_of_that_name_is_never_touched(string foreign) => _namespace.Inside(() =>
    {
        NetworkNamespace.Ip("link", "add", foreign, "type", "veth", "peer", "name", "somebody");
        var before = NetworkNamespace.Ip("-d", "-o", "link", "show");
        var entry = Assert.Single(Agent().Apply(Specs.Wires(Left)).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains(foreign, entry.Message, StringComparison.Ordinal);
        Assert.True(Agent().Restore().IsWhole);
        Assert.Equal(before, NetworkNamespace.Ip("-d", "-o", "link", "show"));
    });

    [Fact]
    public void A_foreign_device_that_took_our_wires_name_survives_the_restore() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        NetworkNamespace.Ip("link", "delete", "dev", Left.EndA);
        NetworkNamespace.Ip("link", "add", Left.EndA, "type", "veth", "peer", "name", "somebody");
        Assert.True(Agent().Restore().IsWhole);
        Assert.NotNull(Link(Left.EndA));
    });

    [Fact]
    public void A_wire_whose_alias_somebody_changed_is_still_ours_marked_again_and_restored() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        NetworkNamespace.Ip("link", "set", "dev", Left.EndB, "alias", "mine");
        var entry = Assert.Single(Agent().Apply(Specs.Wires(Left)).Ledger);
        Assert.Equal((KnobState.InEffect, 1), (entry.State, entry.Drifts));
        Assert.Equal("latlab:left", Link(Left.EndB)!.Alias);
        NetworkNamespace.Ip("link", "set", "dev", Left.EndA, "alias", "mine");
        Assert.True(Agent().Restore().IsWhole);
        Assert.Null(Link(Left.EndA));
        Assert.Null(Link(Left.EndB));
    });

    [Fact]
    public void An_end_of_ours_beside_a_foreign_one_is_never_used_and_goes_at_the_restore() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        NetworkNamespace.Ip("link", "set", "dev", Left.EndB, "down");
        NetworkNamespace.Ip("link", "set", "dev", Left.EndB, "name", "moved");
        NetworkNamespace.Ip("link", "add", Left.EndB, "type", "veth", "peer", "name", "somebody");
        var entry = Assert.Single(Agent().Apply(Specs.Wires(Left)).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("a device left-b that latlab did not make", entry.Message, StringComparison.Ordinal);
        Assert.True(Agent().Restore().IsWhole);
        Assert.Null(Link(Left.EndA));
        Assert.Null(Link("moved"));
        Assert.NotNull(Link(Left.EndB));
    });

    [Fact]
    public void A_wire_whose_journal_is_lost_is_still_ours_to_delete() => _namespace.Inside(() =>
    {
        Agent().Apply(Specs.Wires(Left));
        File.Delete(JournalPath);
        Assert.True(Agent().Apply(Specs.Wires(Left)).IsWhole);
        Assert.True(Agent().Restore().IsWhole);
        Assert.Null(Link(Left.EndA));
    });

    [Fact]
    public void A_sysctl_of_a_wires_end_is_set_in_the_pass_that_makes_the_wire() => _namespace.Inside(() =>
    {
        var spec = Specs.Sysctl("net.ipv4.conf.left-a.rp_filter", "2") with { VirtualWires = [Left] };
        Assert.All(Agent().Apply(spec).Ledger, entry => Assert.Equal(KnobState.InEffect, entry.State));
        Assert.Equal("2", File.ReadAllText("/proc/sys/net/ipv4/conf/left-a/rp_filter").Trim());
        Assert.True(Agent().Restore().IsWhole);
    });

    [Fact]
    public void An_end_is_an_interface_that_experiments_may_use() => _namespace.Inside(() =>
    {
        var spec = Specs.Wires(Left) with { Interfaces = [new() { Name = "ingress", Device = "left-a", Namespaces = ["*"] }] };
        Assert.True(Agent().Apply(spec).IsWhole);
    });

    [Fact]
    public void A_wire_that_cannot_be_is_refused() => _namespace.Inside(() =>
    {
        VirtualWire[] wires =
            [new() { Name = "a b" }, new() { Name = "waytoolongname1" }, new() { Name = "ok", Mtu = 67 }, new() { Name = "-x" }];
        Assert.All(Agent().Apply(Specs.Wires(wires)).Ledger, entry => Assert.Equal(KnobState.Refused, entry.State));
    });

    [Fact]
    public void An_agent_killed_at_any_change_of_a_wire_is_resumed_or_undone()
    {
        var deaths = 0;
        foreach (var afterwards in new[] { false, true })
        {
            for (var n = 1; ; n++)
            {
                var killed = false;
                _namespace.Inside(() => killed = KillAt(n, afterwards, resume: n % 2 == 0));
                if (!killed)
                {
                    break;
                }

                deaths++;
            }
        }

        // Journal twice, add, and per end: attributes, IPv6, up.
        Assert.Equal(2 * 9, deaths);
    }

    private bool KillAt(int n, bool afterwards, bool resume)
    {
        var killed = false;
        try
        {
            Agent(new DeadlyHost(new HostRoot("/"), n, afterwards)).Apply(Specs.Wires(Left));
        }
        catch (KilledException)
        {
            killed = true;
        }

        if (resume)
        {
            Assert.True(Agent().Apply(Specs.Wires(Left)).IsWhole);
        }

        Assert.True(Agent().Restore().IsWhole);
        Assert.Null(Link(Left.EndA));
        Assert.Null(Link(Left.EndB));
        return killed;
    }

    private string JournalPath => Path.Combine(_state.FullName, "journal.json");

    private Tuner Agent(IHost? host = null) =>
        new(host ?? new HostRoot("/"), new JournalFile(host ?? new HostRoot("/"), JournalPath), new FakeTimeProvider());

    private static Link? Link(string name) => new Links(new HostRoot("/")).TryRead(out _)!.FirstOrDefault(link => link.Name == name);

    private static string Index(string device) => NetworkNamespace.Ip("-o", "link", "show", "dev", device).Split(':')[0];
}

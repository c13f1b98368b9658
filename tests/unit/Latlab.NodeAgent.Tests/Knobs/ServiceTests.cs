using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs;

public sealed class ServiceTests
{
    private static readonly NodeTuningSpec Quiet = new() { StoppedServices = ["irqbalance.service", "apt-daily.timer"] };

    [Fact]
    public void Units_are_stopped_and_only_those_that_ran_start_again()
    {
        using var tree = Tree();
        var host = new SystemdHost(tree);
        var outcome = tree.Tuner(host).Apply(Quiet);
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.Equal(("stopped", "systemctl show irqbalance.service"), (outcome.Ledger[1].Effective, outcome.Ledger[1].Evidence));
        Assert.Contains("systemctl stop -- irqbalance.service", host.Commands);
        Assert.DoesNotContain("systemctl stop -- apt-daily.timer", host.Commands);
        Assert.True(tree.Tuner(host).Restore().IsWhole);
        Assert.Equal(("active", "inactive"), (tree.Text(SystemdHost.Unit("irqbalance.service")), tree.Text(SystemdHost.Unit("apt-daily.timer"))));
    }

    [Fact]
    public void A_unit_that_was_started_is_drift_and_is_stopped_again()
    {
        using var tree = Tree();
        tree.Tuner(new SystemdHost(tree)).Apply(Quiet);
        tree.File(SystemdHost.Unit("irqbalance.service"), "active");
        Assert.Equal((true, 1), tree.Tuner(new SystemdHost(tree)).Apply(Quiet) is var outcome ? (outcome.IsWhole, outcome.Journal.Drifts) : default);
        Assert.Equal("inactive", tree.Text(SystemdHost.Unit("irqbalance.service")));
    }

    [Fact]
    public void What_may_start_it_again_is_said()
    {
        using var tree = Tree().File(SystemdHost.Unit("fwupd.service"), "active");
        var entry = Assert.Single(tree.Tuner(new SystemdHost(tree)).Apply(new() { StoppedServices = ["fwupd.service"] }).Ledger);
        Assert.Equal((KnobState.InEffect, "fwupd-refresh.timer may start it again"), (entry.State, entry.Message));
    }

    [Theory]
    [InlineData("kubelet.service")]
    [InlineData("containerd.service")]
    [InlineData("sshd.service")]
    [InlineData("snap.microk8s.daemon-kubelite.service")]
    [InlineData("wg-quick@wg0.service")]
    [InlineData("tailscaled.service")]
    [InlineData("openvpn-client@lab.service")]
    [InlineData("strongswan-starter.service")]
    [InlineData("ipsec.service")]
    [InlineData("zerotier-one.service")]
    [InlineData("nebula@lab.service")]
    [InlineData("systemd-networkd.service")]
    [InlineData("NetworkManager.service")]
    [InlineData("udev.service")]
    [InlineData("dnsmasq.service")]
    [InlineData("unbound.service")]
    [InlineData("named.service")]
    [InlineData("bind9.service")]
    [InlineData("--no-block.service")]
    [InlineData("a/../b.service")]
    [InlineData("irqbalance")]
    [InlineData("boot.mount")]
    [InlineData("irqbalance.service\n")]
    [InlineData("a b.service")]
    public void What_the_node_depends_on_and_what_is_no_unit_is_refused_and_nothing_is_run(string unit)
    {
        using var tree = Tree();
        var host = new SystemdHost(tree);
        Assert.Equal(KnobState.Refused, Assert.Single(tree.Tuner(host).Apply(new() { StoppedServices = [unit] }).Ledger).State);
        Assert.Empty(host.Commands);
    }

    [Fact]
    public void A_unit_that_is_not_there_and_one_that_does_not_stop_say_so()
    {
        using var tree = Tree();
        var entry = Assert.Single(tree.Tuner(new SystemdHost(tree)).Apply(new() { StoppedServices = ["stalld.service"] }).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        entry = tree.Tuner(new SystemdHost(tree) { Refusal = "Access denied" }).Apply(Quiet).Ledger[1];
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("systemctl stop irqbalance.service: Access denied", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RequiredBy")]
    [InlineData("BoundBy")]
    [InlineData("ConsistsOf")]
    public void A_unit_that_others_would_stop_with_keeps_running_while_they_do(string property)
    {
        // By one in between that does not run.
        using var tree = Tree()
            .File(SystemdHost.Unit("irqbalance.service"), $"active\n{property}=between.target")
            .File(SystemdHost.Unit("between.target"), $"inactive\n{property}=irqbalance.service lab.service")
            .File(SystemdHost.Unit("lab.service"), "active");
        var host = new SystemdHost(tree);
        var entry = tree.Tuner(host).Apply(Quiet).Ledger[1];
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.StartsWith("lab.service would stop with it", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Commands, command => command.StartsWith("systemctl stop", StringComparison.Ordinal));
        tree.File(SystemdHost.Unit("lab.service"), "inactive");
        Assert.True(tree.Tuner(host).Apply(Quiet).IsWhole);
    }

    [Fact]
    public void Another_name_of_what_the_node_depends_on_is_refused_and_what_was_stopped_by_it_starts_again()
    {
        const string Alias = "display-manager.service";
        var spec = new NodeTuningSpec { StoppedServices = [Alias] };
        using var tree = Tree().File(SystemdHost.Unit(Alias), "active\nId=systemd-udevd.service");
        var host = new SystemdHost(tree);
        var entry = Assert.Single(tree.Tuner(host).Apply(spec).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.StartsWith("it is systemd-udevd.service, which begins with systemd-", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Commands, command => command.StartsWith("systemctl stop", StringComparison.Ordinal));

        // Stopped when it was another unit's name.
        Assert.True(tree.File(SystemdHost.Unit(Alias), "active").Tuner(host).Apply(spec).IsWhole);
        Assert.True(tree.File(SystemdHost.Unit(Alias), "inactive\nId=systemd-udevd.service").Tuner(host).Restore().IsWhole);
        Assert.Equal("active", tree.Text(SystemdHost.Unit(Alias)));
    }

    [Fact]
    public void From_a_tree_without_the_hosts_programs_none_of_this_machine_is_asked()
    {
        using var tree = Tree();
        var entry = tree.Tuner().Apply(Quiet).Ledger[0];
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("chroot: failed to run command", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void They_survive_a_kill_at_any_step() => Deaths.AtEachStep(Tree, tree => new SystemdHost(tree), Quiet);

    private static FakeTree Tree() => FakeTree.WithCpus()
        .File(SystemdHost.Unit("irqbalance.service"), "active")
        .File(SystemdHost.Unit("apt-daily.timer"), "inactive");
}

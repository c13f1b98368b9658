using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs.Devices;

public sealed class DriverKnobTests : IDisposable
{
    private const string Knob = $"devices.driver[{PciTree.Port}]";
    private readonly PciTree _pci = PciTree.Usual();

    public void Dispose() => _pci.Dispose();

    [Theory]
    [InlineData(DeviceDriver.VfioPci, "vfio-pci")]
    [InlineData(DeviceDriver.UioPciGeneric, "uio_pci_generic")]
    public void A_port_is_bound_read_back_and_given_back(DeviceDriver driver, string name)
    {
        var before = _pci.State();
        var kernel = _pci.Kernel();
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(driver)).Ledger);
        Assert.Equal((Knob, KnobState.InEffect, name), (entry.Knob, entry.State, entry.Requested));
        Assert.Equal($"{name},override={name}", entry.Effective);
        Assert.Equal($"/sys/bus/pci/devices/{PciTree.Port}/driver", entry.Evidence);
        Assert.Equal(name, _pci.DriverOf(PciTree.Port));
        Assert.Equal("ixgbe,override=none,netdev=ens1f0", _pci.Journal().Find(Knob)!.Prior);
        Assert.Equal("ixgbe", _pci.DriverOf(PciTree.Second));
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
        Assert.Empty(_pci.Journal().Entries);
    }

    [Fact]
    public void A_port_in_effect_is_only_read_and_no_program_is_started()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        var kernel = _pci.Kernel();
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).IsWhole);
        Assert.Empty(kernel.Done);
        Assert.Empty(kernel.Commands);
    }

    [Fact]
    public void Planning_and_verifying_change_nothing()
    {
        var kernel = _pci.Kernel();
        var step = Assert.Single(_pci.Tuner(kernel).Plan(DeviceSpecs.Driver(DeviceDriver.VfioPci), out _));
        Assert.Equal(("change", "vfio-pci"), (step.Action, step.To));
        Assert.Equal(KnobState.Failed, Assert.Single(_pci.Tuner(kernel).Verify(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger).State);
        Assert.Empty(kernel.Done);
    }

    [Fact]
    public void A_port_named_by_its_network_device_is_still_found_when_that_is_gone()
    {
        var spec = DeviceSpecs.Named("ens1f0", DeviceDriver.VfioPci);
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(spec).IsWhole);
        Assert.DoesNotContain("ens1f0", _pci.Netdevs);
        // Another port that got the name meanwhile is not meant.
        _pci.Device("0000:05:00.0", "ixgbe", "ens1f0", group: 30);
        var kernel = _pci.Kernel();
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(spec).Ledger);
        Assert.Equal((Knob, KnobState.InEffect), (entry.Knob, entry.State));
        Assert.Empty(kernel.Done);
    }

    [Fact]
    public void After_a_reboot_the_name_is_looked_up_again_and_the_port_bound_again_without_drift()
    {
        var spec = DeviceSpecs.Named("ens1f0", DeviceDriver.VfioPci);
        _pci.Tuner(_pci.Kernel()).Apply(spec);
        using var rebooted = PciTree.Usual();
        rebooted.Tree.File("/var/lib/latlab/journal.json", _pci.Tree.Text("/var/lib/latlab/journal.json")).Boot(FakeTree.SecondBoot);
        var before = rebooted.State();
        var outcome = rebooted.Tuner(rebooted.Kernel()).Apply(spec);
        Assert.True(outcome.IsWhole);
        Assert.Equal(0, outcome.Journal.Drifts);
        Assert.True(rebooted.Tuner(rebooted.Kernel()).Restore().IsWhole);
        Assert.Equal(before, rebooted.State());
    }

    [Fact]
    public void A_binding_of_another_boot_is_forgotten_without_a_write()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        using var rebooted = PciTree.Usual();
        rebooted.Tree.File("/var/lib/latlab/journal.json", _pci.Tree.Text("/var/lib/latlab/journal.json")).Boot(FakeTree.SecondBoot);
        var kernel = rebooted.Kernel();
        Assert.True(rebooted.Tuner(kernel).Restore().IsWhole);
        Assert.Empty(kernel.Done);
        Assert.Empty(rebooted.Journal().Entries);
    }

    [Fact]
    public void A_port_that_something_else_takes_is_drift_and_bound_again()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        _pci.Unbind(PciTree.Port);
        _pci.Bind(PciTree.Port, "ixgbe");
        var entry = Assert.Single(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger);
        Assert.Equal((KnobState.InEffect, 1), (entry.State, entry.Drifts));
        Assert.Equal("vfio-pci", _pci.DriverOf(PciTree.Port));
    }

    [Fact]
    public void A_port_that_drifted_and_got_an_address_is_left_to_its_new_use()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        _pci.Unbind(PciTree.Port);
        _pci.Bind(PciTree.Port, "ixgbe");
        var kernel = DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0");
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger);
        Assert.Equal((KnobState.Refused, 1), (entry.State, entry.Drifts));
        Assert.Empty(kernel.Done);
        // Nor does the restore take it: its driver is the prior one, and only the override is ours.
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal("ixgbe", _pci.DriverOf(PciTree.Port));
        Assert.Equal("(null)", _pci.Text(PciTree.Port, "driver_override"));
    }

    [Fact]
    public void A_port_that_was_bound_without_us_is_in_effect_and_never_given_back()
    {
        _pci.Unbind(PciTree.Port);
        _pci.Bind(PciTree.Port, "vfio-pci");
        var kernel = _pci.Kernel();
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).IsWhole);
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Empty(kernel.Done);
        Assert.Equal("vfio-pci", _pci.DriverOf(PciTree.Port));
    }

    [Fact]
    public void A_port_without_a_driver_gets_the_kernels_own_and_loses_it_again()
    {
        _pci.Unbind(PciTree.Port);
        var before = _pci.State();
        var kernel = _pci.Kernel();
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.Kernel)).Ledger);
        Assert.Equal((KnobState.InEffect, "kernel", "ixgbe,override=none"), (entry.State, entry.Requested, entry.Effective));
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void A_driver_that_does_not_take_the_port_is_a_failure_and_the_old_one_is_back()
    {
        var before = _pci.State();
        var kernel = _pci.Kernel();
        kernel.Unwilling = "vfio-pci";
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("/sys/bus/pci/drivers/vfio-pci/bind: the kernel refused \"0000:3b:00.0\": No such device", entry.Message, StringComparison.Ordinal);
        Assert.Contains("it has ixgbe as before", entry.Message, StringComparison.Ordinal);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void A_driver_that_cannot_be_put_back_either_is_said_and_tried_again()
    {
        var kernel = _pci.Kernel();
        kernel.Refuses = (path, _) => path.EndsWith("/bind", StringComparison.Ordinal) ? "No such device" : null;
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger);
        Assert.Contains("putting back ixgbe,override=none failed, too, and it has none", entry.Message, StringComparison.Ordinal);
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
        Assert.Equal("ixgbe", _pci.DriverOf(PciTree.Port));
    }

    [Fact]
    public void A_port_that_a_program_has_open_stays_until_that_ends()
    {
        var before = _pci.State();
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        _pci.Set(PciTree.Port, "enable", "1");
        var kernel = _pci.Kernel();
        var entry = Assert.Single(_pci.Tuner(kernel).Restore().Ledger);
        Assert.Contains("a program has it open", entry.Message, StringComparison.Ordinal);
        Assert.Empty(kernel.Done);
        _pci.Set(PciTree.Port, "enable", "0");
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void A_port_with_UIO_that_a_program_has_open_stays_until_that_ends()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.UioPciGeneric));
        _pci.Tree.File("/sys/module/uio_pci_generic/refcnt", "1");
        var kernel = _pci.Kernel();
        var entry = Assert.Single(_pci.Tuner(kernel).Restore().Ledger);
        Assert.Contains("a program has it open (or another device with uio_pci_generic: /sys/module/uio_pci_generic/refcnt is 1)", entry.Message, StringComparison.Ordinal);
        File.Delete($"{_pci.Tree.Root}/sys/module/uio_pci_generic/refcnt");
        Assert.Contains("which cannot be told", Assert.Single(_pci.Tuner(kernel).Restore().Ledger).Message, StringComparison.Ordinal);
        Assert.Empty(kernel.Done);
        _pci.Tree.File("/sys/module/uio_pci_generic/refcnt", "0");
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal("ixgbe", _pci.DriverOf(PciTree.Port));
    }

    [Theory]
    [InlineData("address")]
    [InlineData("route")]
    [InlineData("bond")]
    public void What_a_port_carried_once_counts_though_it_is_away_in_a_later_look(string use)
    {
        var spec = DeviceSpecs.Driver(DeviceDriver.VfioPci);
        var kernel = use switch
        {
            "address" => DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0"),
            "route" => DeviceSpecs.WithRoute(_pci.Kernel(), """{"dst":"default","gateway":"192.0.2.1","dev":"ens1f0"}"""),
            _ => _pci.Kernel(),
        };
        if (use == "bond")
        {
            kernel.InLink["ens1f0"] = "\"master\":\"bond0\"";
        }

        var agent = _pci.Tuner(kernel);
        Assert.Equal(KnobState.Refused, Assert.Single(agent.Apply(spec).Ledger).State);
        // The switch reboots.
        (kernel.Addresses, kernel.Routes) = ("[]", "[]");
        kernel.InLink.Clear();
        foreach (var tuner in new[] { agent, _pci.Tuner(kernel) })
        {
            var entry = Assert.Single(tuner.Apply(spec).Ledger);
            Assert.Equal(KnobState.Refused, entry.State);
            Assert.StartsWith("in this boot it was seen that ", entry.Message, StringComparison.Ordinal);
            Assert.Equal(KnobState.Refused, Assert.Single(tuner.Verify(spec).Ledger).State);
        }

        Assert.Empty(kernel.Done);
        Assert.Equal(KnobState.Refused, Assert.Single(agent.Foresee(spec, out _).Remaining).State);
        // Somebody thought about it.
        agent.Apply(DeviceSpecs.Of());
        Assert.True(agent.Apply(spec).IsWhole);
    }

    [Fact]
    public void What_a_port_carried_in_another_boot_does_not_count()
    {
        var spec = DeviceSpecs.Driver(DeviceDriver.VfioPci);
        Assert.Equal(KnobState.Refused, Assert.Single(_pci.Tuner(DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0")).Apply(spec).Ledger).State);
        _pci.Tree.Boot(FakeTree.SecondBoot);
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(spec).IsWhole);
        Assert.Empty(_pci.Journal().Uses);
    }

    [Fact]
    public void A_wish_that_was_refused_leaves_nothing_behind_when_the_tuning_ends()
    {
        var agent = _pci.Tuner(DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0"));
        agent.Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        Assert.True(agent.HasHistory());
        Assert.True(agent.Restore().IsWhole);
        Assert.False(agent.HasHistory());
    }

    [Fact]
    public void A_port_that_is_pulled_out_is_forgotten()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci));
        File.Delete($"{_pci.Tree.Root}/sys/bus/pci/devices/{PciTree.Port}");
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
        Assert.Empty(_pci.Journal().Entries);
    }

    [Fact]
    public void A_use_that_came_after_the_plan_stops_the_write()
    {
        var kernel = _pci.Kernel();
        var looks = 0;
        kernel.OnRun = command =>
        {
            // The first look plans; an address comes before the write.
            if (command == "-j addr show" && ++looks == 2)
            {
                DeviceSpecs.WithAddress(kernel, "ens1f0");
            }
        };
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Empty(kernel.Done);
        Assert.Equal("ixgbe", _pci.DriverOf(PciTree.Port));
    }
}

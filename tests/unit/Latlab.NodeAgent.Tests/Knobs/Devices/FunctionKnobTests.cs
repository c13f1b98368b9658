using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs.Devices;

public sealed class FunctionKnobTests : IDisposable
{
    private const string Count = $"devices.sriov.numVfs[{PciTree.Port}]";
    private const string Driver = $"devices.sriov.vfDriver[{PciTree.Port}]";
    private const string Trust = $"devices.sriov.trust[{PciTree.Port}]";
    private const string SpoofCheck = $"devices.sriov.spoofCheck[{PciTree.Port}]";
    private static readonly SriovTuning All = new() { NumVfs = 4, VfDriver = VfDriver.VfioPci, Trust = true, SpoofCheck = false };
    private readonly PciTree _pci = PciTree.Usual();

    public void Dispose() => _pci.Dispose();

    [Fact]
    public void Functions_are_made_bound_trusted_read_back_and_taken_away_again_in_one_pass_each()
    {
        var before = _pci.State();
        var kernel = _pci.Kernel();
        var outcome = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All));
        Assert.True(outcome.IsWhole);
        Assert.Equal(
            [(Count, "4,autoprobe=0"), (SpoofCheck, "0-3=off"), (Trust, "0-3=on"), (Driver, "0-3=vfio-pci,override=vfio-pci")],
            outcome.Ledger.Select(entry => (entry.Knob, entry.Effective!)));
        Assert.Equal("ip -j -d link show ens1f0", outcome.Ledger[1].Evidence);
        // No driver was probed in between: no network device came up that something could have given an address.
        Assert.Equal(["eno1", "ens1f0", "ens1f1"], _pci.Netdevs);
        Assert.Contains("link set dev ens1f0 vf 3 spoofchk off", kernel.Done);
        Assert.Equal("0-3=on", _pci.Journal().Find(SpoofCheck)!.Prior);
        kernel.Done.Clear();
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).IsWhole);
        Assert.Empty(kernel.Done);
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
        Assert.Empty(_pci.Journal().Entries);
    }

    [Fact]
    public void Another_number_goes_over_none_where_we_made_the_functions()
    {
        var before = _pci.State();
        var kernel = _pci.Kernel();
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).IsWhole);
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All with { NumVfs = 2 })).IsWhole);
        Assert.Equal("0,autoprobe=1", _pci.Journal().Find(Count)!.Prior);
        Assert.Equal(["4", "0", "2"], kernel.Done.Where(done => done.Contains("numvfs", StringComparison.Ordinal)).Select(done => done.Split(' ')[1]));
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void Functions_that_somebody_else_made_are_not_taken_away_as_nobody_could_put_back_what_is_set_on_them()
    {
        _pci.Kernel().WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", "2");
        var before = _pci.State();
        var kernel = _pci.Kernel();
        var entry = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(new() { NumVfs = 4 })).Ledger[0];
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains("0000:3b:00.0 has 2 virtual functions that latlab did not make", entry.Message, StringComparison.Ordinal);
        Assert.Empty(kernel.Done);
        // As many as there are is in effect.
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Functions(new() { NumVfs = 2 })).IsWhole);
        Assert.True(_pci.Tuner(kernel).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void Functions_that_somebody_else_made_in_the_place_of_ours_stay_too()
    {
        var kernel = _pci.Kernel();
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).IsWhole);
        foreach (var count in new[] { "0", "3" })
        {
            kernel.WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", count);
        }

        Assert.Equal(KnobState.Refused, _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).Ledger[0].State);
        var outcome = _pci.Tuner(kernel).Restore();
        Assert.True(outcome.IsWhole, string.Join('\n', outcome.Ledger));
        Assert.Equal(("3", "1"), (_pci.Text(PciTree.Port, "sriov_numvfs"), _pci.Text(PciTree.Port, "sriov_drivers_autoprobe")));
    }

    [Fact]
    public void A_number_alone_leaves_the_probing_of_drivers_as_it_is()
    {
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(new() { NumVfs = 2 })).IsWhole);
        Assert.Equal("1", _pci.Text(PciTree.Port, "sriov_drivers_autoprobe"));
        Assert.Contains("ens1f0v1", _pci.Netdevs);
    }

    [Fact]
    public void Functions_with_the_kernels_driver_are_probed_also_where_that_was_off()
    {
        _pci.Set(PciTree.Port, "sriov_drivers_autoprobe", "0");
        var before = _pci.State();
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(new() { NumVfs = 2, VfDriver = VfDriver.Kernel })).IsWhole);
        Assert.Equal("ixgbevf", _pci.DriverOf(PciTree.Function(PciTree.Port, 0)));
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void A_field_that_leaves_the_spec_is_put_back_and_the_others_stay()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(All));
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(All with { SpoofCheck = null })).IsWhole);
        Assert.Equal("trust on spoofchk on", _pci.Fake(PciTree.Function(PciTree.Port, 2), "flags"));
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(All with { SpoofCheck = null, VfDriver = null })).IsWhole);
        Assert.Equal("none", _pci.DriverOf(PciTree.Function(PciTree.Port, 2)));
        Assert.Equal("1", _pci.Text(PciTree.Port, "sriov_drivers_autoprobe"));
    }

    [Fact]
    public void Functions_that_something_else_takes_away_are_drift_and_made_whole_again()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(All));
        _pci.Kernel().WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", "0");
        var outcome = _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(All));
        Assert.True(outcome.IsWhole);
        Assert.Equal(1, outcome.Ledger.Single(entry => entry.Knob == Count).Drifts);
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
    }

    [Fact]
    public void One_functions_flag_that_something_else_changes_is_drift_and_named()
    {
        var spec = DeviceSpecs.Functions(All) with { Drift = DriftPolicy.Report };
        _pci.Tuner(_pci.Kernel()).Apply(spec);
        _pci.Tree.File($"/fake/{PciTree.Function(PciTree.Port, 2)}/flags", "trust off spoofchk off");
        var entry = _pci.Tuner(_pci.Kernel()).Apply(spec).Ledger.Single(entry => entry.Knob == Trust);
        Assert.Equal((KnobState.Drifted, "0-1,3=on 2=off", 1), (entry.State, entry.Effective, entry.Drifts));
    }

    [Fact]
    public void A_flag_that_the_ports_driver_does_not_tell_is_never_called_in_effect()
    {
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(new() { NumVfs = 1 }));
        _pci.Tree.File($"/fake/{PciTree.Function(PciTree.Port, 0)}/flags", "trust untold spoofchk on");
        var kernel = new MuteKernel(_pci.Kernel());
        var entry = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(new() { NumVfs = 1, Trust = true })).Ledger.Single(entry => entry.Knob == Trust);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("read back 0=untold", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_port_can_have_are_refused()
    {
        var kernel = _pci.Kernel();
        var ledger = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All with { NumVfs = 9 })).Ledger;
        Assert.Equal(KnobState.Refused, ledger[0].State);
        Assert.Contains("asked for 9 virtual functions, and 0000:3b:00.0 can have 8 (/sys/bus/pci/devices/0000:3b:00.0/sriov_totalvfs)", ledger[0].Message, StringComparison.Ordinal);
        Assert.All(ledger.Skip(1), entry => Assert.Contains("has 0 of the 9 virtual functions asked for; see devices.sriov.numVfs", entry.Message, StringComparison.Ordinal));
        Assert.Empty(kernel.Done);
    }

    [Fact]
    public void A_driver_that_makes_fewer_is_a_failure_with_the_numbers_and_there_are_as_many_as_before()
    {
        var before = _pci.State();
        var kernel = _pci.Kernel();
        kernel.MostFunctions = 3;
        var entry = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).Ledger.Single(entry => entry.Knob == Count);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains("asked for 4 virtual functions, the driver made 3; there are 0 as before", entry.Message, StringComparison.Ordinal);
        Assert.Equal(before, _pci.State());
    }

    [Theory]
    [InlineData("Cannot allocate memory", true)]
    [InlineData("No space left on device", true)]
    [InlineData("Device or resource busy", false)]
    public void Where_the_firmware_left_no_room_the_argument_is_named(string word, bool named)
    {
        var kernel = _pci.Kernel();
        kernel.Refuses = (path, value) => path.EndsWith("numvfs", StringComparison.Ordinal) && value == "4" ? word : null;
        var entry = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).Ledger.Single(entry => entry.Knob == Count);
        Assert.Equal(KnobState.Failed, entry.State);
        Assert.Contains(word, entry.Message, StringComparison.Ordinal);
        Assert.Equal(named, entry.Message!.Contains("pci=realloc", StringComparison.Ordinal));
    }

    [Fact]
    public void A_port_without_SRIOV_is_unsupported()
    {
        var entry = Assert.Single(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(new() { NumVfs = 2 }, PciTree.Second)).Ledger);
        Assert.Equal(KnobState.Unsupported, entry.State);
        Assert.Contains("switch SR-IOV on in the firmware", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_that_the_node_uses_keeps_its_number()
    {
        var kernel = DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0");
        var ledger = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(All)).Ledger;
        Assert.Equal(KnobState.Refused, ledger[0].State);
        Assert.Contains("ens1f0 carries the address 192.0.2.7/24", ledger[0].Message, StringComparison.Ordinal);
        Assert.Empty(kernel.Done);
    }

    [Theory]
    [InlineData("address")]
    [InlineData("open")]
    [InlineData("moved")]
    public void A_function_in_use_keeps_the_others_and_itself(string use)
    {
        var kernel = _pci.Kernel();
        kernel.WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", "2");
        kernel.Done.Clear();
        var function = PciTree.Function(PciTree.Port, 1);
        switch (use)
        {
            case "address":
                DeviceSpecs.WithAddress(kernel, "ens1f0v1");
                break;
            case "open":
                _pci.Unbind(function);
                _pci.Bind(function, "vfio-pci");
                _pci.Set(function, "enable", "1");
                break;
            default:
                _pci.Hide("ens1f0v1");
                break;
        }

        var before = _pci.State();
        var ledger = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(new() { NumVfs = 4 })).Ledger;
        Assert.Equal(KnobState.Refused, ledger[0].State);
        Assert.Contains($"its virtual function 1 ({function}): ", ledger[0].Message, StringComparison.Ordinal);
        Assert.Equal(before, _pci.State());
        // Its driver stays, too, when only that is asked for.
        if (use != "open")
        {
            var entry = _pci.Tuner(kernel).Apply(DeviceSpecs.Functions(new() { NumVfs = 2, VfDriver = VfDriver.VfioPci })).Ledger.Single(entry => entry.Knob == Driver);
            Assert.Equal(KnobState.Refused, entry.State);
            Assert.Equal("ixgbevf", _pci.DriverOf(function));
        }

        // Nor does the port's driver go.
        Assert.Equal(KnobState.Refused, _pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger[0].State);
        Assert.Equal("ixgbe", _pci.DriverOf(PciTree.Port));
    }

    [Fact]
    public void Functions_in_use_are_not_taken_away_when_the_tuning_ends_before_they_are_free()
    {
        var before = _pci.State();
        _pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Functions(All));
        _pci.Set(PciTree.Function(PciTree.Port, 3), "enable", "1");
        var kernel = _pci.Kernel();
        var outcome = _pci.Tuner(kernel).Restore();
        Assert.False(outcome.IsWhole);
        Assert.All(outcome.Ledger, entry => Assert.Contains("a program has it open", entry.Message, StringComparison.Ordinal));
        Assert.DoesNotContain(kernel.Done, done => done.Contains("numvfs", StringComparison.Ordinal));
        _pci.Set(PciTree.Function(PciTree.Port, 3), "enable", "0");
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    [Fact]
    public void A_program_does_not_get_a_function_of_the_port_that_carries_the_node()
    {
        _pci.Kernel().WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", "1");
        var kernel = DeviceSpecs.WithRoute(_pci.Kernel(), """{"dst":"default","gateway":"192.0.2.1","dev":"ens1f0"}""");
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci, PciTree.Function(PciTree.Port, 0))).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains("its port 0000:3b:00.0: ens1f0 carries the default route", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_its_port_binds_is_not_bound_by_itself_too()
    {
        _pci.Kernel().WriteAttribute($"/sys/bus/pci/devices/{PciTree.Port}/sriov_numvfs", "4");
        var spec = DeviceSpecs.Of(
            new DeviceTuning { Name = "port", PciAddress = PciTree.Port, Sriov = All },
            new DeviceTuning { Name = "function", PciAddress = PciTree.Function(PciTree.Port, 0), Driver = DeviceDriver.Kernel });
        var entry = _pci.Tuner(_pci.Kernel()).Apply(spec).Ledger.Single(entry => entry.Knob == "devices[function]");
        Assert.Contains("is a virtual function of devices[port]", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_another_device_of_the_spec_makes_is_bound_in_the_same_pass()
    {
        var before = _pci.State();
        var function = PciTree.Function(PciTree.Port, 1);
        var spec = DeviceSpecs.Of(
            new DeviceTuning { Name = "port", PciAddress = PciTree.Port, Sriov = new() { NumVfs = 2 } },
            new DeviceTuning { Name = "function", PciAddress = function, Driver = DeviceDriver.VfioPci });
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(spec).IsWhole);
        Assert.Equal("vfio-pci", _pci.DriverOf(function));
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
        Assert.Equal(before, _pci.State());
    }

    /// <summary>A port whose driver takes flags and never tells them.</summary>
    private sealed class MuteKernel(PciKernel inner) : WrappedHost(inner)
    {
        public override NodeAgent.Host.CommandOutcome Run(string program, IReadOnlyList<string> arguments) =>
            arguments.Contains("set") ? new(0, "", "") : base.Run(program, arguments);
    }
}

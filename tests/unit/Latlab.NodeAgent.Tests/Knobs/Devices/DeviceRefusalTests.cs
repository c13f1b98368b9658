using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Tests.Fakes;

namespace Latlab.NodeAgent.Tests.Knobs.Devices;

/// <summary>Whatever speaks against a driver for a port: nothing is written, and the reason has a remedy.</summary>
public sealed class DeviceRefusalTests : IDisposable
{
    private const string Default = """{"dst":"default","gateway":"192.0.2.1","dev":"ens1f0","protocol":"dhcp"}""";
    private readonly PciTree _pci = PciTree.Usual();

    public void Dispose() => _pci.Dispose();

    [Fact]
    public void A_port_with_the_default_route_is_refused_be_it_named_by_address_or_by_device()
    {
        var kernel = DeviceSpecs.WithRoute(_pci.Kernel(), Default);
        foreach (var spec in new[] { DeviceSpecs.Driver(DeviceDriver.VfioPci), DeviceSpecs.Named("ens1f0", DeviceDriver.UioPciGeneric) })
        {
            Refused(
                kernel, spec, KnobState.Refused,
                "ens1f0 carries the default route default via 192.0.2.1 dev ens1f0; move it to another port, or name another device");
        }
    }

    [Theory]
    [InlineData("""{"dst":"default","nexthops":[{"gateway":"192.0.2.1","dev":"eno9"},{"gateway":"192.0.2.2","dev":"ens1f0"}]}""", "the default route default dev eno9 and ens1f0")]
    [InlineData("""{"dst":"default","gateway":"192.0.2.1","dev":"ens1f0","table":"77"}""", "the default route")]
    [InlineData("""{"dst":"203.0.113.0/24","dev":"ens1f0"}""", "the route 203.0.113.0/24 dev ens1f0")]
    public void A_port_with_a_route_in_any_table_is_refused(string route, string reason) =>
        Refused(DeviceSpecs.WithRoute(_pci.Kernel(), route), DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, reason);

    [Fact]
    public void A_port_with_a_default_route_of_IPv6_alone_is_refused()
    {
        var kernel = _pci.Kernel();
        kernel.Routes6 = """[{"dst":"fe80::/64","dev":"ens1f0"},{"dst":"default","gateway":"fe80::1","dev":"ens1f0","protocol":"ra"}]""";
        Refused(kernel, DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, "ens1f0 carries the default route default via "
            + "fe80::1 dev ens1f0");
    }

    [Theory]
    [InlineData("192.0.2.7", "inet", "global")]
    [InlineData("169.254.7.7", "inet", "link")]
    [InlineData("2001:db8::7", "inet6", "global")]
    public void A_port_with_an_address_is_refused(string address, string family, string scope) => Refused(
        DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0", address, family, scope), DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused,
        $"ens1f0 carries the address {address}/24");

    [Fact]
    public void What_every_port_that_is_up_has_speaks_against_nothing()
    {
        var kernel = DeviceSpecs.WithAddress(_pci.Kernel(), "ens1f0", "fe80::7", "inet6", "link");
        kernel.Routes6 = """[{"dst":"fe80::/64","dev":"ens1f0"},{"type":"multicast","dst":"ff00::/8","dev":"ens1f0","table":"local"}]""";
        Assert.True(_pci.Tuner(kernel).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci)).IsWhole);
    }

    [Theory]
    [InlineData("bond0", "")]
    [InlineData("br0.7", """,{"ifname":"br0.7","link":"br0","linkinfo":{"info_kind":"vlan"}},{"ifname":"br0"}""")]
    [InlineData("ens1f0.7", """,{"ifname":"ens1f0.7","link":"ens1f0","linkinfo":{"info_kind":"vlan"}}""")]
    [InlineData("mac0", """,{"ifname":"mac0","link":"ens1f0","linkinfo":{"info_kind":"macvlan"}}""")]
    public void A_port_beneath_what_carries_the_default_route_is_refused(string above, string links)
    {
        var kernel = DeviceSpecs.WithRoute(_pci.Kernel(), $$"""{"dst":"default","gateway":"192.0.2.1","dev":"{{above}}"}""");
        kernel.MoreLinks = links;
        if (above is "bond0" or "br0.7")
        {
            kernel.InLink["ens1f0"] = $"\"master\":\"{above.Split('.')[0]}\"";
        }

        Refused(kernel, DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, $"{above}, which ens1f0 is beneath, carries the "
            + "default route");
    }

    [Fact]
    public void A_port_that_is_a_part_of_something_is_refused_though_that_carries_nothing()
    {
        var kernel = _pci.Kernel();
        kernel.InLink["ens1f0"] = "\"master\":\"br0\"";
        Refused(kernel, DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, "ens1f0 is a part of, or beneath, br0; take it out "
            + "of there first");
    }

    [Fact]
    public void What_sysfs_alone_says_of_a_stack_counts_too()
    {
        _pci.Tree.File($"/sys/devices/pci0000:00/{PciTree.Port}/net/ens1f0/upper_team0/mtu", "1500");
        Refused(
            DeviceSpecs.WithAddress(_pci.Kernel(), "team0"), DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused,
            "team0, which ens1f0 is beneath, carries the address");
    }

    [Fact]
    public void Nothing_is_unbound_when_the_networks_state_cannot_be_read()
    {
        var kernel = _pci.Kernel();
        kernel.IpFails = true;
        Refused(kernel, DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, "it cannot be said what ens1f0 carries: ip link "
            + "show: Cannot open netlink socket");
        kernel.IpFails = false;
        kernel.Routes = "not JSON";
        Refused(kernel, DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, "printed no JSON");
    }

    [Fact]
    public void The_copy_of_a_tree_is_never_judged_by_the_network_of_this_machine()
    {
        var entry = Assert.Single(_pci.Tuner(_pci.Tree.Host).Verify(DeviceSpecs.Driver(DeviceDriver.VfioPci)).Ledger);
        Assert.Equal(KnobState.Refused, entry.State);
        Assert.Contains("ip is not run for the copy of a tree", entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_port_with_disks_beneath_it_is_refused()
    {
        _pci.Device("0000:04:00.0", "bnx2x", "ens4", group: 40).Disk("0000:04:00.0", "sda").Disk("0000:04:00.0", "sdb");
        Refused(
            _pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci, "0000:04:00.0"), KnobState.Refused,
            "0000:04:00.0 carries the disks sda, sdb; name another device");
    }

    [Fact]
    public void A_bridge_and_what_is_no_network_port_are_refused()
    {
        _pci.Device("0000:00:1c.0", "pcieport", null, @class: "0x060400").Device("0000:07:00.0", "nvme", null, @class: "0x010802");
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci, "0000:00:1c.0"), KnobState.Refused, "is a bridge (class 0x060400)");
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci, "0000:07:00.0"), KnobState.Refused, "is no network port (class "
            + "0x010802)");
    }

    [Theory]
    [InlineData("0x15b3", "mlx5_core")]
    [InlineData("0x1014", "mlx4_core")]
    public void A_Mellanox_port_is_left_alone(string vendor, string driver)
    {
        _pci.Driver(driver).Device("0000:08:00.0", driver, "enp8s0np0", group: 80, vendor: vendor);
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci, "0000:08:00.0"), KnobState.Refused, "DPDK's mlx4 and mlx5 work "
            + "beside the kernel's driver");
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.Kernel, "0000:08:00.0")).IsWhole);
    }

    [Fact]
    public void A_virtual_function_of_a_Mellanox_port_may_go_to_a_virtual_machine()
    {
        var function = PciTree.Function("0000:08:00.0", 0);
        _pci.Driver("mlx5_core").Device("0000:08:00.0", "mlx5_core", "enp8s0np0", group: 80, vendor: "0x15b3")
            .Device(function, "mlx5_core", "enp8s0v0", group: 81, vendor: "0x15b3");
        _pci.Tree.Link($"/sys/devices/pci0000:00/{function}/physfn", "../0000:08:00.0");
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.VfioPci, function)).IsWhole);
        _pci.Tuner(_pci.Kernel()).Restore();
        Refused(
            _pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.UioPciGeneric, function), KnobState.Refused,
            "DPDK's mlx4 and mlx5 work beside the kernel's driver");
    }

    [Fact]
    public void A_port_that_a_pod_has_in_its_namespace_is_refused()
    {
        _pci.Hide("ens1f0");
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Refused, "its driver ixgbe shows no network device "
            + "here; a pod may have it");
    }

    [Fact]
    public void Others_in_the_IOMMU_group_are_named_bridges_excepted_and_all_of_a_group_may_go_together()
    {
        const string a = "0000:09:00.0", b = "0000:09:00.1";
        _pci.Device(a, "ixgbe", "enp9s0f0", group: 90).Device(b, "ixgbe", "enp9s0f1", group: 90).Device("0000:09:01.0", "pcieport", null, group: 90, @class: "0x060400");
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci, a), KnobState.Refused, $"its IOMMU group has {b} (ixgbe), too");
        // UIO asks nothing of the IOMMU.
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(DeviceSpecs.Driver(DeviceDriver.UioPciGeneric, a)).IsWhole);
        Assert.True(_pci.Tuner(_pci.Kernel()).Restore().IsWhole);
        var both = DeviceSpecs.Of(
            new DeviceTuning { Name = "a", PciAddress = a, Driver = DeviceDriver.VfioPci }, new DeviceTuning { Name = "b", Netdev = "enp9s0f1", Driver = DeviceDriver.VfioPci });
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(both).IsWhole);
        Assert.Equal("vfio-pci", _pci.DriverOf(b));
    }

    [Fact]
    public void A_group_that_is_not_whole_is_said_of_a_port_in_effect()
    {
        const string a = "0000:09:00.0", b = "0000:09:00.1";
        _pci.Device(a, "ixgbe", "enp9s0f0", group: 90).Device(b, "ixgbe", "enp9s0f1", group: 90);
        var both = DeviceSpecs.Of(
            new DeviceTuning { Name = "a", PciAddress = a, Driver = DeviceDriver.VfioPci }, new DeviceTuning { Name = "b", PciAddress = b, Driver = DeviceDriver.VfioPci });
        var ledger = _pci.Tuner(DeviceSpecs.WithAddress(_pci.Kernel(), "enp9s0f1")).Apply(both).Ledger;
        Assert.Equal([KnobState.InEffect, KnobState.Refused], ledger.Select(entry => entry.State));
        Assert.Contains($"no program can open it before {b} (ixgbe)", ledger[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_driver_that_the_kernel_does_not_have_is_unsupported()
    {
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.IgbUio), KnobState.Unsupported, "the kernel has no driver igb_uio "
            + "(/sys/bus/pci/drivers/igb_uio); load its module on the node: modprobe igb_uio");
        Directory.Delete($"{_pci.Tree.Root}/sys/bus/pci/drivers/vfio-pci", recursive: true);
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci), KnobState.Unsupported, "modprobe vfio_pci");
    }

    [Fact]
    public void Without_an_IOMMU_vfio_needs_the_unsafe_mode_and_that_is_said()
    {
        const string unsafeMode = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode";
        _pci.Device("0000:09:00.0", "ixgbe", "enp9s0f0");
        _pci.Tree.File(unsafeMode, "N");
        var spec = DeviceSpecs.Driver(DeviceDriver.VfioPci, "0000:09:00.0");
        Refused(_pci.Kernel(), spec, KnobState.Unsupported, "the device is in no IOMMU group");
        _pci.Tree.File(unsafeMode, "Y");
        Assert.True(_pci.Tuner(_pci.Kernel()).Apply(spec).IsWhole);
        _pci.Tree.File("/sys/kernel/iommu_groups/0/name", "vfio-noiommu").Link("/sys/bus/pci/devices/0000:09:00.0/iommu_group", "/sys/kernel/iommu_groups/0");
        Assert.Equal("no IOMMU confines what the device writes to memory", Assert.Single(_pci.Tuner(_pci.Kernel()).Verify(spec).Ledger).Message);
    }

    [Fact]
    public void A_device_that_is_not_there_is_unsupported() =>
        Refused(_pci.Kernel(), DeviceSpecs.Driver(DeviceDriver.VfioPci, "0000:ff:00.0"), KnobState.Unsupported, "this node has no PCI "
            + "device 0000:ff:00.0; lspci -D");

    [Theory]
    [InlineData("0000:3b:00.0/../0000:01:00.0", null, "no PCI device can have that address")]
    [InlineData("0000:3B:00.0", null, "no PCI device can have that address")]
    [InlineData(null, "../ens1f0", "no network device can have that name")]
    [InlineData(null, "ens9", "this node has no network device ens9 on its PCI bus")]
    [InlineData(null, null, "is missing, and so is netdev")]
    [InlineData("0000:3b:00.0", "ens1f0", "is set beside pciAddress")]
    public void A_device_that_cannot_be_named_so_is_refused(string? address, string? netdev, string reason)
    {
        var kernel = _pci.Kernel();
        var spec = DeviceSpecs.Of(new DeviceTuning { Name = "a", PciAddress = address, Netdev = netdev, Driver = DeviceDriver.VfioPci });
        var entry = Refused(kernel, spec, KnobState.Refused, reason);
        Assert.Equal("devices[a]", entry.Knob);
    }

    [Fact]
    public void One_device_under_two_names_is_refused_once()
    {
        var kernel = _pci.Kernel();
        var ledger = _pci.Tuner(kernel).Apply(DeviceSpecs.Of(
            new DeviceTuning { Name = "a", PciAddress = PciTree.Port, Driver = DeviceDriver.VfioPci }, new DeviceTuning { Name = "b", Netdev = "ens1f0", Driver = DeviceDriver.Kernel })).Ledger;
        Assert.Equal([KnobState.InEffect, KnobState.Refused], ledger.Select(entry => entry.State));
        Assert.Contains("it is 0000:3b:00.0, as devices[a] is", ledger[1].Message, StringComparison.Ordinal);
    }

    private LedgerEntry Refused(PciKernel kernel, NodeTuningSpec spec, KnobState state, string reason)
    {
        var before = _pci.State();
        var entry = Assert.Single(_pci.Tuner(kernel).Apply(spec).Ledger);
        Assert.Equal(state, entry.State);
        Assert.Contains(reason, entry.Message, StringComparison.Ordinal);
        Assert.Contains(state == KnobState.Unsupported && reason.StartsWith("this", StringComparison.Ordinal) ? "lspci" : "", entry.Message, StringComparison.Ordinal);
        Assert.Empty(kernel.Done);
        Assert.Equal(before, _pci.State());
        Assert.Empty(_pci.Journal().Entries);
        return entry;
    }
}

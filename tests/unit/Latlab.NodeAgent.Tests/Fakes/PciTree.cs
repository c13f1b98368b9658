using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// A host's tree with devices on its PCI bus, laid out as the kernel documents it (<c>ABI/testing/sysfs-bus-pci</c>): devices, links to
/// their drivers, network devices, IOMMU groups. What the kernel knows and does not show (the driver of its own choice) is below
/// <c>/fake</c>.
/// </summary>
internal sealed class PciTree : IDisposable
{
    public const string Port = "0000:3b:00.0";
    public const string Second = "0000:3b:00.1";
    public const string Management = "0000:01:00.0";
    private const string Bus = "/sys/bus/pci";
    private const string Root = "/sys/devices/pci0000:00";

    public FakeTree Tree { get; } = new();

    /// <summary>Two ports of one card, a port that carries the node, and the drivers for programs.</summary>
    public static PciTree Usual()
    {
        var tree = new PciTree();
        foreach (var driver in new[] { "ixgbe", "ixgbevf", "vfio-pci", "uio_pci_generic" })
        {
            tree.Driver(driver);
        }

        tree.Tree.File($"{Bus}/drivers_probe", "").File("/sys/module/uio_pci_generic/refcnt", "0");
        return tree.Device(Port, "ixgbe", "ens1f0", group: 11, functions: 8).Device(Second, "ixgbe", "ens1f1", group: 12).Device(Management, "ixgbe", "eno1", group: 5);
    }

    public PciTree Driver(string name)
    {
        Tree.File($"{Bus}/drivers/{name}/bind", "").File($"{Bus}/drivers/{name}/unbind", "");
        return this;
    }

    public PciTree Device(string address, string own, string? netdev, int? group = null, int functions = 0, string @class = "0x020000", string vendor = "0x8086", bool bound = true)
    {
        var real = $"{Root}/{address}";
        Tree.File($"{real}/vendor", vendor).File($"{real}/class", @class).File($"{real}/driver_override", "(null)").File($"{real}/enable", "1")
            .File($"/fake/{address}/own", own).File($"/fake/{address}/netdev", netdev ?? "")
            .Link($"{Bus}/devices/{address}", $"../../../devices/pci0000:00/{address}");
        if (group is { } number)
        {
            Tree.Link($"{real}/iommu_group", $"/sys/kernel/iommu_groups/{number}").Link($"/sys/kernel/iommu_groups/{number}/devices/{address}", real);
        }

        if (functions > 0)
        {
            Tree.File($"{real}/sriov_totalvfs", $"{functions}").File($"{real}/sriov_numvfs", "0").File($"{real}/sriov_drivers_autoprobe", "1");
        }

        if (bound)
        {
            Bind(address, own);
        }

        return this;
    }

    /// <summary>A disk beneath a device.</summary>
    public PciTree Disk(string address, string name)
    {
        Tree.File($"{Root}/{address}/host0/block/{name}/size", "1000").Link($"/sys/block/{name}", $"../devices/pci0000:00/{address}/host0/block/{name}");
        return this;
    }

    public PciKernel Kernel() => new(Tree.Host, this);

    public Tuner Tuner(IHost host) => Tree.Tuner(host);

    public string DriverOf(string address) => Tree.Host.RealPath($"{Bus}/devices/{address}/driver")?.Split('/')[^1] ?? "none";

    public string Text(string address, string file) => Tree.Text($"{Root}/{address}/{file}");

    public void Set(string address, string file, string text) => Tree.File($"{Root}/{address}/{file}", text);

    public string Fake(string address, string file) => Tree.Host.Read($"/fake/{address}/{file}").Text ?? "";

    public bool Has(string address) => Directory.Exists($"{Tree.Root}{Root}/{address}");

    public IReadOnlyList<string> Netdevs => Tree.Host.List("/sys/class/net");

    /// <summary>All that a knob of devices changes, as one text.</summary>
    public string State() => string.Join('\n', Tree.Host.List($"{Bus}/devices").Select(address => string.Join(
        ' ', address, DriverOf(address), Text(address, "driver_override"), Tree.Host.Read($"{Root}/{address}/sriov_numvfs").Text,
        Tree.Host.Read($"{Root}/{address}/sriov_drivers_autoprobe").Text, Fake(address, "flags")))) + "\n" + string.Join(' ', Netdevs);

    public JournalState Journal() => Tree.Journal();

    public void Bind(string address, string driver)
    {
        Tree.Link($"{Root}/{address}/driver", $"../../../bus/pci/drivers/{driver}").Link($"{Bus}/drivers/{driver}/{address}", $"../../../../devices/pci0000:00/{address}");
        var netdev = Fake(address, "netdev");
        if (driver == Fake(address, "own") && netdev.Length > 0)
        {
            Tree.File($"{Root}/{address}/net/{netdev}/mtu", "1500").Link($"{Root}/{address}/net/{netdev}/device", $"../../../{address}")
                .Link($"/sys/class/net/{netdev}", $"../../devices/pci0000:00/{address}/net/{netdev}");
        }

        Set(address, "enable", driver == "vfio-pci" ? "0" : "1");
    }

    public void Unbind(string address)
    {
        File.Delete($"{Tree.Root}{Bus}/drivers/{DriverOf(address)}/{address}");
        File.Delete($"{Tree.Root}{Root}/{address}/driver");
        Hide(Fake(address, "netdev"));
        if (Directory.Exists($"{Tree.Root}{Root}/{address}/net"))
        {
            Directory.Delete($"{Tree.Root}{Root}/{address}/net", recursive: true);
        }
    }

    /// <summary>As when a network device is moved into the namespace of a pod.</summary>
    public void Hide(string netdev)
    {
        if (netdev.Length > 0)
        {
            File.Delete($"{Tree.Root}/sys/class/net/{netdev}");
        }
    }

    public void AddFunction(string port, int number, bool probe)
    {
        var address = Function(port, number);
        Device(address, "ixgbevf", $"{Fake(port, "netdev")}v{number}", group: 100 + number, bound: probe);
        Tree.Link($"{Root}/{address}/physfn", $"../{port}").Link($"{Root}/{port}/virtfn{number}", $"../{address}").File($"/fake/{address}/flags", "trust off spoofchk on");
    }

    public void RemoveFunction(string port, int number)
    {
        var address = Function(port, number);
        if (DriverOf(address) != "none")
        {
            Unbind(address);
        }

        File.Delete($"{Tree.Root}{Root}/{port}/virtfn{number}");
        File.Delete($"{Tree.Root}{Bus}/devices/{address}");
        Directory.Delete($"{Tree.Root}/sys/kernel/iommu_groups/{100 + number}", recursive: true);
        Directory.Delete($"{Tree.Root}{Root}/{address}", recursive: true);
        Directory.Delete($"{Tree.Root}/fake/{address}", recursive: true);
    }

    public static string Function(string port, int number) => $"{port[..8]}02.{number}";

    public void Dispose() => Tree.Dispose();
}

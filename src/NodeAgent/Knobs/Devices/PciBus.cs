using System.Globalization;
using System.Text.RegularExpressions;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>Reads devices from sysfs (<c>ABI/testing/sysfs-bus-pci</c>).</summary>
internal static partial class PciBus
{
    public const string OverrideFile = "driver_override";
    private const string Devices = "/sys/bus/pci/devices";
    private const string Netdevs = "/sys/class/net";
    private const string Blocks = "/sys/block";
    private const string Function = "virtfn";

    public static string Path(string address) => $"{Devices}/{address}";

    public static string DriverPath(string driver) => $"/sys/bus/pci/drivers/{driver}";

    /// <summary>How many use a driver's module.</summary>
    public static string UsersPath(string driver) => $"/sys/module/{DriverNames.Module(driver)}/refcnt";

    public static bool IsAddress(string text) => Address().IsMatch(text) && !text.EndsWith('\n');

    /// <summary>The device; null when there is none.</summary>
    /// <param name="host">The node.</param>
    /// <param name="address">Its address.</param>
    /// <param name="withUse">Whether to look for network devices and disks beneath it, too: among all that the node has.</param>
    public static PciDevice? Find(IHost host, string address, bool withUse = false)
    {
        var path = Path(address);
        if (host.Read($"{path}/vendor").Text is not { } vendor)
        {
            return null;
        }

        var device = new PciDevice(address)
        {
            Vendor = vendor.Trim(),
            Class = host.Read($"{path}/class").Text?.Trim() ?? "",
            Binding = BindingOf(host, address),
            PhysicalFunction = Target(host, $"{path}/physfn"),
            VirtualFunctions = Functions(host, path),
            Enabled = Number(host, $"{path}/enable") ?? 0,
            Group = Group(host, address),
        };
        return !withUse ? device : device with
        {
            DriverUsers = Number(host, UsersPath(device.Binding.Driver)),
            Netdevs = NetdevsOf(host, address),
            Disks = Beneath(host, address, Blocks),
        };
    }

    public static Binding BindingOf(IHost host, string address)
    {
        // The kernel prints a missing text as "(null)".
        var only = host.Read($"{Path(address)}/{OverrideFile}").Text?.Trim();
        return new(Target(host, $"{Path(address)}/driver") ?? Binding.None, only is null or "" or "(null)" ? Binding.None : only);
    }

    /// <summary>Network devices of a device, also those that hang on a bus of its own (virtio).</summary>
    public static IReadOnlyList<string> NetdevsOf(IHost host, string address) => Beneath(host, address, Netdevs);

    /// <summary>The address of the device that has that network device; null when there is none, or it is not on the PCI bus.</summary>
    public static string? AddressOf(IHost host, string netdev) =>
        host.RealPath($"{Netdevs}/{netdev}/device")?.Split('/').LastOrDefault(IsAddress);

    /// <summary>What stands on top of a network device, as sysfs says it.</summary>
    public static IEnumerable<string> OnTopOf(IHost host, string netdev) => host.List($"{Netdevs}/{netdev}")
        .Where(name => name.StartsWith("upper_", StringComparison.Ordinal)).Select(name => name["upper_".Length..]);

    public static bool HasDriver(IHost host, string driver) => host.RealPath(DriverPath(driver)) is not null;

    private static int? Number(IHost host, string file) =>
        int.TryParse(host.Read(file).Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Last part of what a link leads to; null when there is none.</summary>
    private static string? Target(IHost host, string link) => host.RealPath(link)?.Split('/')[^1];

    private static SortedDictionary<int, string> Functions(IHost host, string path)
    {
        var functions = new SortedDictionary<int, string>();
        foreach (var name in host.List(path).Where(name => name.StartsWith(Function, StringComparison.Ordinal)))
        {
            if (int.TryParse(name.AsSpan(Function.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && Target(host, $"{path}/{name}") is { } address)
            {
                functions[number] = address;
            }
        }

        return functions;
    }

    private static IReadOnlyList<string> Beneath(IHost host, string address, string directory) => host.RealPath(Path(address)) is { } real
        ?
        [
            .. host.List(directory)
                .Where(name => host.RealPath($"{directory}/{name}")?.StartsWith(real + "/", StringComparison.Ordinal) == true),
        ]
        : [];

    private static IReadOnlyList<GroupMember>? Group(IHost host, string address)
    {
        var group = $"{Path(address)}/iommu_group";
        return host.RealPath(group) is null ? null :
        [
            .. host.List($"{group}/devices").Where(other => other != address).Select(other => new GroupMember(
                other, host.Read($"{Path(other)}/class").Text?.Trim() ?? "", Target(host, $"{Path(other)}/driver") ?? Binding.None)),
        ];
    }

    [GeneratedRegex(Names.PciAddress)]
    private static partial Regex Address();
}

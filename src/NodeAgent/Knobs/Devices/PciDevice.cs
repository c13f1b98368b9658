namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>What sysfs says of a device on the PCI bus. Pure.</summary>
internal sealed record PciDevice(string Address)
{
    private const string Mellanox = "0x15b3";
    private const string NetworkClass = "0x02";
    private const string BridgeClass = "0x06";

    /// <summary>Vendor as sysfs has it, e.g. <c>0x8086</c>.</summary>
    public string Vendor { get; init; } = "";

    /// <summary>Class as sysfs has it, e.g. <c>0x020000</c>.</summary>
    public string Class { get; init; } = "";

    public Binding Binding { get; init; } = new(Binding.None, Binding.None);

    /// <summary>Network devices that its driver made, and that are in the node's network namespace.</summary>
    public IReadOnlyList<string> Netdevs { get; init; } = [];

    /// <summary>Block devices beneath it.</summary>
    public IReadOnlyList<string> Disks { get; init; } = [];

    /// <summary>Address of the port that it is a virtual function of; null when it is none.</summary>
    public string? PhysicalFunction { get; init; }

    /// <summary>Addresses of its virtual functions by their numbers.</summary>
    public IReadOnlyDictionary<int, string> VirtualFunctions { get; init; } = new Dictionary<int, string>();

    /// <summary>How many have enabled the device: with vfio-pci 0 until a program opens it.</summary>
    public int Enabled { get; init; }

    /// <summary>Others in its IOMMU group; null when it is in none.</summary>
    public IReadOnlyList<GroupMember>? Group { get; init; }

    public bool IsBridge => Class.StartsWith(BridgeClass, StringComparison.Ordinal);

    public bool IsNetwork => Class.StartsWith(NetworkClass, StringComparison.Ordinal);

    /// <summary>DPDK's driver for these works beside the kernel's.</summary>
    public bool IsBifurcated => Vendor == Mellanox || Binding.Driver is "mlx4_core" or "mlx5_core";

    /// <summary>
    /// With a driver of UIO: how many have one of that driver's devices open, which the kernel counts for its module (<c>uio_open</c> in
    /// <c>drivers/uio/uio.c</c>); null where that is not known.
    /// </summary>
    public int? DriverUsers { get; init; }

    /// <summary>The sign of a program that has it open; null when there is none. What cannot be told counts as one.</summary>
    public string? Opened => Binding.Driver switch
    {
        DriverNames.VfioPci => Enabled > 0 ? $"{PciBus.Path(Address)}/enable is {Enabled}" : null,
        DriverNames.UioPciGeneric or DriverNames.IgbUio => DriverUsers switch
        {
            0 => null,
            { } users => $"or another device with {Binding.Driver}: {PciBus.UsersPath(Binding.Driver)} is {users}",
            null => $"or not, which cannot be told: there is no {PciBus.UsersPath(Binding.Driver)}",
        },
        _ => null,
    };
}

/// <summary>Another device of an IOMMU group.</summary>
internal sealed record GroupMember(string Address, string Class, string Driver);

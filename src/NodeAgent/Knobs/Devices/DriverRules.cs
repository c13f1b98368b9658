namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>Whether a device may get another driver. Pure.</summary>
internal static class DriverRules
{
    /// <summary>Why the device must keep the driver that it has; null when it may get the other one.</summary>
    /// <param name="use">The device, and what the node does with it.</param>
    /// <param name="driver">The other driver, by its name in the kernel; null when it is put back, and may get any.</param>
    /// <param name="companions">Devices that the spec wants with vfio-pci, too.</param>
    public static Objection? Against(DeviceUse use, string? driver, IReadOnlySet<string> companions) => driver is null or Binding.OfKernel
        ? DeviceGuard.AgainstUnbinding(use)
        : DeviceGuard.AgainstUnbinding(use) ?? DeviceGuard.AgainstPrograms(use) ?? AgainstDriver(use.Device, driver, companions);

    private static Objection? AgainstDriver(PciDevice device, string driver, IReadOnlySet<string> companions) => driver switch
    {
        // A virtual machine gets a virtual function of such a port by vfio-pci, as of any other.
        _ when device.IsBifurcated && !(driver == DriverNames.VfioPci && device.PhysicalFunction is not null) => new(
            $"{device.Address} is a Mellanox port (vendor {device.Vendor}, driver {device.Binding.Driver}): "
            + "DPDK's mlx4 and mlx5 work beside the kernel's driver, and not without it; "
            + "take driver out of the spec, and give DPDK the port as it is"),
        DriverNames.VfioPci when Strangers(device, companions) is { Length: > 0 } strangers => new(
            $"its IOMMU group has {strangers}, too, and a program gets all of a group or nothing; "
            + "list those with driver VfioPci, too, or put the port into a slot with a group of its own"),
        _ => null,
    };

    /// <summary>Others in the IOMMU group that the kernel drives, as text; empty when there are none.</summary>
    public static string Strangers(PciDevice device, IReadOnlySet<string> companions) => string.Join(", ", (device.Group ?? [])
        .Where(member => !member.Class.StartsWith("0x06", StringComparison.Ordinal))
        .Where(member => member.Driver is not (Binding.None or DriverNames.VfioPci or "pci-stub"))
        .Where(member => !companions.Contains(member.Address))
        .Select(member => $"{member.Address} ({member.Driver})"));
}

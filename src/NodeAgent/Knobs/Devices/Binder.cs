using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>Binds devices to drivers.</summary>
internal static class Binder
{
    private const string UnsafeMode = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode";

    /// <summary>Why this node cannot have a device with that driver; null when it can.</summary>
    public static string? Lacks(IHost host, PciDevice device, string driver)
    {
        if (driver == Binding.OfKernel)
        {
            return null;
        }

        if (!PciBus.HasDriver(host, driver))
        {
            return $"the kernel has no driver {driver} ({PciBus.DriverPath(driver)}); load its module on the node: "
                + $"modprobe {DriverNames.Module(driver)}, and a file in /etc/modules-load.d for later boots";
        }

        return driver == DriverNames.VfioPci && device.Group is null && !IsUnconfined(host)
            ? "the device is in no IOMMU group, and vfio-pci needs one; switch VT-d or AMD-Vi on in the firmware, and boot with intel_iommu=on or iommu=pt (kernel.arguments). "
                + $"In a virtual machine without an IOMMU set {UnsafeMode}: its programs can then write to all of memory"
            : null;
    }

    /// <summary>What to say of a device that has the driver wished; null for nothing.</summary>
    public static string? Remark(IHost host, PciDevice device) => device switch
    {
        { Binding.Driver: not DriverNames.VfioPci } => null,
        _ when host.Read($"{PciBus.Path(device.Address)}/iommu_group/name").Text == "vfio-noiommu" => "no IOMMU confines what the device writes to memory",
        _ when DriverRules.Strangers(device, new HashSet<string>()) is { Length: > 0 } strangers =>
            $"no program can open it before {strangers} of its IOMMU group has another driver, too",
        _ => null,
    };

    /// <summary>Binds a device, or leaves it with the driver that it had. Returns why that failed, otherwise null.</summary>
    public static string? Bind(IHost host, string address, Binding to)
    {
        var before = PciBus.BindingOf(host, address);
        if (Carry(host, address, before, to) is not { } failure)
        {
            return null;
        }

        _ = Carry(host, address, PciBus.BindingOf(host, address), before);
        var now = PciBus.BindingOf(host, address);
        return now == before
            ? $"{failure}; it has {before.Driver} as before. The kernel's log (dmesg) may say why"
            : $"{failure}; putting back {before.Text()} failed, too, and it has {now.Text()}. The kernel's log (dmesg) may say why";
    }

    private static string? Carry(IHost host, string address, Binding from, Binding to)
    {
        foreach (var (path, value) in Binding.Steps(address, from, to))
        {
            if (host.WriteAttribute(path, value) is { } problem)
            {
                return $"{path}: the kernel refused \"{value}\": {problem}";
            }
        }

        var found = PciBus.BindingOf(host, address);
        return found.HasDriverOf(to) ? null : $"{address}: asked for {to.Driver}, and it has {found.Driver}";
    }

    private static bool IsUnconfined(IHost host) => host.Read(UnsafeMode).Text?.Trim() is "Y" or "1";
}

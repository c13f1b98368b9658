namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>Why a driver must not be taken from a device, or a port's virtual functions from it: nobody loses a node by it. Pure.</summary>
internal static class DeviceGuard
{
    /// <summary>Why the device must keep the driver that it has; null when nothing speaks against another one.</summary>
    public static Objection? AgainstUnbinding(DeviceUse use) =>
        OfItself(use) ?? (use.Functions.Count > 0
            ? new($"the port has {use.Functions.Count} virtual functions, which would go with its driver; take those away first "
                + "(sriov.numVfs: 0)")
            : null);

    /// <summary>
    /// Why a program must not get the device; null when it may. A virtual function shares cable and queues with its port.
    /// </summary>
    public static Objection? AgainstPrograms(DeviceUse use) =>
        use.Port is { } port ? Network(use, port, $"its port {port.Address}: ") : null;

    /// <summary>Why the port's virtual functions must stay as many as they are; null when nothing speaks against another number.</summary>
    public static Objection? AgainstRecounting(DeviceUse use) =>
        OfItself(use)
        ?? use.Functions.Select(function => OfFunction(use, function.Number, function.Device)).FirstOrDefault(reason => reason is not null);

    /// <summary>Why a virtual function must keep its driver; null when nothing speaks against another one.</summary>
    private static Objection? OfFunction(DeviceUse use, int number, PciDevice function)
    {
        var name = $"its virtual function {number} ({function.Address}): ";
        return Network(use, function, name) ?? Held(function, name);
    }

    private static Objection? OfItself(DeviceUse use)
    {
        var device = use.Device;
        if (device.IsBridge)
        {
            return new($"{device.Address} is a bridge (class {device.Class}), and other devices are behind it; name a port");
        }

        if (!device.IsNetwork)
        {
            return new($"{device.Address} is no network port (class {device.Class}); name a device of class 0x02");
        }

        return Network(use, device, "") ?? Disks(device) ?? Held(device, "");
    }

    private static Objection? Network(DeviceUse use, PciDevice device, string whose)
    {
        if (device.Netdevs.Count == 0)
        {
            return null;
        }

        if (use.Network is null)
        {
            return new($"{whose}it cannot be said what {string.Join(" and ", device.Netdevs)} carries: {use.Problem}");
        }

        var carried = device.Netdevs.Select(netdev => LinkUse.Of(use.Network, netdev, use.Stacked[netdev])).FirstOrDefault(reason => reason is not null);
        return carried is null ? null : new(whose + carried, IsOfUse: true);
    }

    /// <summary>Disks reached over the network by the port's own driver (FCoE) are beneath it.</summary>
    private static Objection? Disks(PciDevice device) =>
        device.Disks.Count == 0 ? null : new($"{device.Address} carries the disks {string.Join(", ", device.Disks)}; name another device");

    /// <summary>A device that somebody else has: a program, or a pod into whose network namespace its network device was moved.</summary>
    private static Objection? Held(PciDevice device, string whose) => device switch
    {
        // vfio-pci would make the write wait, and the agent with it, for as long as the program runs.
        { Opened: { } evidence } => new($"{whose}a program has it open ({evidence}); end that first"),
        { Binding: { Driver: not Binding.None, IsForPrograms: false }, Netdevs.Count: 0 } => new(
            $"{whose}its driver {device.Binding.Driver} shows no network device here; "
            + "a pod may have it in its own network namespace: end that first"),
        _ => null,
    };
}

using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>What cannot be asked of devices, whatever the node is like. Operator and agent both ask here.</summary>
public static class DeviceRules
{
    /// <summary>What is wrong with one device of a list; empty when nothing is.</summary>
    /// <param name="devices">All devices of the spec.</param>
    /// <param name="index">Which one.</param>
    /// <param name="wires">The spec's virtual wires.</param>
    /// <param name="interfaces">What the spec offers to experiments.</param>
    public static IEnumerable<Refusal> Check(
        IReadOnlyList<DeviceTuning> devices, int index, IReadOnlyList<VirtualWire> wires, IReadOnlyList<OfferedInterface> interfaces)
    {
        var device = devices[index];
        var field = $"spec.devices[{index}]";
        return
        [
            .. Identity(device, field),
            .. Twin(devices, index, field),
            .. Ask(device, field),
            .. Functions(device, field),
            .. Neighbours(device, field, wires, interfaces),
        ];
    }

    /// <summary>Whether a driver leaves the device to programs, without a network device.</summary>
    private static bool HidesNetdev(DeviceTuning device) => device.Driver is not (null or DeviceDriver.Kernel);

    private static IEnumerable<Refusal> Identity(DeviceTuning device, string field) => device switch
    {
        { PciAddress: null, Netdev: null } => [new($"{field}.pciAddress", "", "is missing, and so is netdev", "set one of them")],
        { PciAddress: not null, Netdev: { } netdev } => [new($"{field}.netdev", netdev, "is set beside pciAddress", "set exactly one of them")],
        _ => [],
    };

    private static IEnumerable<Refusal> Twin(IReadOnlyList<DeviceTuning> devices, int index, string field)
    {
        var device = devices[index];
        foreach (var (i, before) in devices.Take(index).Index())
        {
            if (device.PciAddress is { } address && before.PciAddress == address)
            {
                yield return new($"{field}.pciAddress", address, $"is the same as spec.devices[{i}].pciAddress", "have one entry for each device");
            }

            if (device.Netdev is { } netdev && before.Netdev == netdev)
            {
                yield return new($"{field}.netdev", netdev, $"is the same as spec.devices[{i}].netdev", "have one entry for each device");
            }
        }
    }

    private static IEnumerable<Refusal> Ask(DeviceTuning device, string field) => device is { Driver: null, Sriov: null }
        ? [new(field, device.Name, "asks for nothing", "set driver or sriov, or leave it out")]
        : [];

    private static IEnumerable<Refusal> Functions(DeviceTuning device, string field)
    {
        if (device.Sriov is not { } sriov)
        {
            yield break;
        }

        if (HidesNetdev(device))
        {
            yield return new(
                $"{field}.driver", $"{device.Driver}", "leaves nobody to make the virtual functions that sriov asks for",
                "leave out driver, and bind the virtual functions by sriov.vfDriver; or leave out sriov");
        }

        if (sriov is { NumVfs: 0 } and not { VfDriver: null, Trust: null, SpoofCheck: null })
        {
            yield return new($"{field}.sriov.numVfs", "0", "leaves no virtual function for the other fields of sriov", "write a number from 1, or leave those out");
        }
    }

    private static IEnumerable<Refusal> Neighbours(
        DeviceTuning device, string field, IReadOnlyList<VirtualWire> wires, IReadOnlyList<OfferedInterface> interfaces)
    {
        if (device.Netdev is not { } netdev)
        {
            yield break;
        }

        if (wires.FirstOrDefault(wire => wire.EndA == netdev || wire.EndB == netdev) is { } wire)
        {
            yield return new($"{field}.netdev", netdev, $"is an end of the virtual wire {wire.Name}, which is no PCI device", "name a port");
        }

        if (HidesNetdev(device) && interfaces.FirstOrDefault(offered => offered.Device == netdev) is { } interfaceOfIt)
        {
            yield return new(
                $"{field}.driver", $"{device.Driver}", $"takes away the network device {netdev}, which the interface {interfaceOfIt.Name} offers to experiments",
                "leave out one of them");
        }
    }
}

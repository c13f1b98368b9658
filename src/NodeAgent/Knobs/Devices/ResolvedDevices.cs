using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>A device of the spec on this node.</summary>
/// <param name="Spec">What the spec says.</param>
/// <param name="Address">Its address on the PCI bus; empty when it is refused.</param>
/// <param name="Companions">Devices that the spec wants with vfio-pci.</param>
/// <param name="Refusal">Why it cannot be; null when it can.</param>
internal sealed record ResolvedDevice(DeviceTuning Spec, string Address, IReadOnlySet<string> Companions, string? Refusal);

/// <summary>Finds the devices that a spec names.</summary>
internal static partial class ResolvedDevices
{
    public static readonly IReadOnlySet<string> Nobody = new HashSet<string>();

    public static IReadOnlyList<ResolvedDevice> Of(NodeTuningSpec spec, HostView host) => host.Once(spec.Devices, () => Find(spec, host));

    private static IReadOnlyList<ResolvedDevice> Find(NodeTuningSpec spec, HostView host)
    {
        var found = spec.Devices.Select((device, i) => Resolve(spec, i, host)).ToList();
        var functions = found.Where(device => device.Spec.Sriov?.VfDriver is not null && device.Refusal is null)
            .Select(device => (Port: device, Functions: PciBus.Find(host.Files, device.Address)?.VirtualFunctions.Values.ToHashSet() ?? []))
            .ToList();
        var companions = found.Where(device => device.Spec.Driver == DeviceDriver.VfioPci).Select(device => device.Address)
            .Concat(functions.Where(port => port.Port.Spec.Sriov!.VfDriver == VfDriver.VfioPci).SelectMany(port => port.Functions))
            .ToHashSet();
        return
        [
            .. found.Select((device, i) => device with
            {
                Companions = companions,
                Refusal = device.Refusal
                    ?? (found.Take(i).FirstOrDefault(before => before.Refusal is null && before.Address == device.Address) is { } twin
                        ? $"it is {device.Address}, as devices[{twin.Spec.Name}] is; have one entry for each device"
                        : null)
                    ?? (functions.FirstOrDefault(port => port.Functions.Contains(device.Address)) is { Port: { } port }
                        ? $"{device.Address} is a virtual function of devices[{port.Spec.Name}], whose sriov.vfDriver is about all of them; leave out one of the two"
                        : null),
            }),
        ];
    }

    // Checked by the operator, too; but what is here becomes a path.
    private static ResolvedDevice Resolve(NodeTuningSpec spec, int index, HostView host)
    {
        var device = spec.Devices[index];
        var refusal = DeviceRules.Check(spec.Devices, index, spec.VirtualWires, spec.Interfaces).FirstOrDefault();
        return refusal is not null ? No($"{refusal.Field}: {refusal.Problem}; {refusal.Remedy}") : device switch
        {
            { PciAddress: { } address } when PciBus.IsAddress(address) => Yes(address),
            { PciAddress: not null } => No("no PCI device can have that address; write it as lspci -D shows it, e.g. 0000:3b:00.0"),
            { Netdev: { } netdev } when !Device().IsMatch(netdev) || netdev.EndsWith('\n') =>
                No("no network device can have that name; write one of at most 15 characters, as ip link shows it"),
            { Netdev: { } netdev } when (Remembered(host, netdev) ?? PciBus.AddressOf(host.Files, netdev)) is { } address => Yes(address),
            _ => No($"this node has no network device {device.Netdev} on its PCI bus; ip link shows those that it has; name one that another driver hides by its pciAddress"),
        };

        ResolvedDevice Yes(string address) => new(device, address, Nobody, null);

        ResolvedDevice No(string reason) => new(device, "", Nobody, reason);
    }

    /// <summary>
    /// The device that had this network device before its driver was taken. It comes before what has that name now: the kernel gives names
    /// of devices that are gone to others.
    /// </summary>
    private static string? Remembered(HostView host, string netdev)
    {
        const string before = $"{DriverKnob.Prefix}[";
        var entries = host.Journal.Entries.Where(entry => entry.Knob.StartsWith(before, StringComparison.Ordinal)).ToList();
        var boot = entries.Count > 0 ? BootId.Read(host.Files) : null;
        return entries
            .Where(entry => entry.BootId == boot && entry.Written is not null && Binding.Netdev(entry.Prior) == netdev)
            .Select(entry => entry.Knob[before.Length..^1])
            .FirstOrDefault(address => PciBus.IsAddress(address) && host.Files.RealPath(PciBus.Path(address)) is not null);
    }

    [GeneratedRegex(Names.Device)]
    private static partial Regex Device();
}

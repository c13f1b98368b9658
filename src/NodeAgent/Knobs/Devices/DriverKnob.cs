using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>The driver of a port, or of a virtual function.</summary>
/// <param name="address">Its address on the PCI bus.</param>
/// <param name="wished">The driver that the spec asks for; null when it is put back.</param>
/// <param name="companions">Devices that the spec wants with vfio-pci, too.</param>
internal sealed class DriverKnob(string address, DeviceDriver? wished, IReadOnlySet<string> companions) : Knob($"{Prefix}[{address}]")
{
    public const string Prefix = "devices.driver";

    public static readonly KnobKind Kind = new(
        Prefix,
        (spec, host) => ResolvedDevices.Of(spec, host).SelectMany(Wishes),
        key => PciBus.IsAddress(key) ? new DriverKnob(key, null, ResolvedDevices.Nobody) : null,
        new(
            "A port, or a virtual function, for a program that polls it: no interrupt, no copy, no kernel in the path.",
            "/sys/bus/pci/devices/ADDRESS/driver",
            "ABI/testing/sysfs-bus-pci, driver-api/vfio.rst, driver-api/uio-howto.rst",
            "Its network device is gone meanwhile. Refused for what the node uses (route, address, bond, bridge, disk), for what a "
                + "program or a pod holds, for Mellanox ports, "
            + "and with vfio-pci for a part of an IOMMU group. Gone with the boot"));

    public override string Evidence => $"{PciBus.Path(address)}/driver";

    public override KnobReading Read(HostView host)
    {
        if (PciBus.Find(host.Files, address) is not { } device)
        {
            return KnobReading.Gone($"this node has no PCI device {address}; lspci -D shows those that it has");
        }

        var target = wished is { } driver ? DriverNames.Of(driver) : null;
        if (target is not null && device.Binding.HasDriverOf(new(target, null)))
        {
            return KnobReading.Of(device.Binding.Text()) with { Remark = Binder.Remark(host.Files, device) };
        }

        var use = DeviceUse.Read(host, device);
        var reading = KnobReading.Of(device.Binding.Text(use.Device.Netdevs is [var netdev, ..] ? netdev : null))
            .Objected(DriverRules.Against(use, target, companions));
        return reading.Veto is null && target is not null && Binder.Lacks(host.Files, device, target) is { } lacking
            ? KnobReading.Unsupported(lacking)
            : reading;
    }

    public override string? Write(HostView host, string value)
    {
        if (PciBus.Find(host.Files, address) is not { } device)
        {
            return $"{PciBus.Path(address)} is gone";
        }

        var to = Binding.Parse(value);
        // Read again: an address may have come since the plan was made.
        return !device.Binding.HasDriverOf(to)
            && DriverRules.Against(DeviceUse.Read(host, device), Programs(to), companions) is { } objection
                ? objection.Reason
                : Binder.Bind(host.Files, address, to);
    }

    public override bool Same(string left, string right) => Binding.Same(left, right);

    /// <summary>The override alone may be changed whatever the port carries: the driver stays.</summary>
    public override string? Veto(KnobReading found, string target, JournalEntry? entry) =>
        found.Value is { } value && Binding.Parse(value).HasDriverOf(Binding.Parse(target)) ? null : found.Veto;

    public override string Shortfall(string wished, string found) =>
        $"asked for the driver {Binding.Parse(wished).Driver}, and {address} has {Binding.Parse(found).Driver}; the kernel's log "
            + "(dmesg) may say why";

    /// <summary>The driver when it is one for programs: what is put back may be any.</summary>
    private static string? Programs(Binding to) => to.IsForPrograms ? to.Driver : null;

    private static IEnumerable<Wish> Wishes(ResolvedDevice device)
    {
        if (device.Refusal is { } refusal)
        {
            yield return Wish.Refused($"devices[{device.Spec.Name}]", device.Spec.PciAddress ?? device.Spec.Netdev ?? "", refusal);
        }
        else if (device.Spec.Driver is { } driver)
        {
            yield return Wish.For(new DriverKnob(device.Address, driver, device.Companions), DriverNames.Of(driver));
        }
    }
}

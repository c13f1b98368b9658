using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>The driver of each virtual function of a port.</summary>
/// <param name="address">The port's address on the PCI bus.</param>
/// <param name="wished">What the spec asks for; null when it is put back.</param>
/// <param name="companions">Devices that the spec wants with vfio-pci, too.</param>
internal sealed class FunctionDriverKnob(string address, SriovTuning? wished, IReadOnlySet<string> companions)
    : FunctionsKnob($"{Prefix}[{address}]", address, wished?.NumVfs)
{
    public static readonly KnobKind Kind = new(
        Prefix,
        (spec, host) => ResolvedDevices.Of(spec, host).SelectMany(Wishes),
        key => PciBus.IsAddress(key) ? new FunctionDriverKnob(key, null, ResolvedDevices.Nobody) : null,
        new(
            "As devices.driver, for each virtual function.", "/sys/bus/pci/devices/ADDRESS/virtfn*/driver",
            "ABI/testing/sysfs-bus-pci, driver-api/vfio.rst", "As devices.driver. Refused where the port carries the node's own "
                + "traffic, too"));

    private const string Prefix = "devices.sriov.vfDriver";

    private readonly string? _target = wished?.VfDriver is { } driver ? DriverNames.Of(driver) : null;

    public override string Evidence => $"{PciBus.Path(Address)}/virtfn*/driver";

    protected override KnobReading ReadAll(HostView host, PciDevice port)
    {
        var bindings = port.VirtualFunctions
            .ToDictionary(function => function.Key, function => PciBus.BindingOf(host.Files, function.Value));
        var reading = KnobReading.Of(NumberedValues.Format(bindings.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Text()))));
        var others = bindings
            .Where(entry => _target is null || !entry.Value.HasDriverOf(new(_target, null)))
            .Select(entry => entry.Key).ToList();
        if (others.Count == 0)
        {
            return reading;
        }

        var objection = others.Select(number => Against(host, port, number, _target)).FirstOrDefault(reason => reason is not null);
        return objection is null && _target is not null && PciBus.Find(host.Files, port.VirtualFunctions[others[0]]) is { } first
            && Binder.Lacks(host.Files, first, _target) is { } lacking
                ? KnobReading.Unsupported(lacking)
                : reading.Objected(objection);
    }

    protected override string? WriteOne(HostView host, PciDevice port, int number, string value)
    {
        var function = port.VirtualFunctions[number];
        var to = Binding.Parse(value);
        return !PciBus.BindingOf(host.Files, function).HasDriverOf(to)
            && Against(host, port, number, to.IsForPrograms ? to.Driver : null) is { } objection
                ? objection.Reason
                : Binder.Bind(host.Files, function, to);
    }

    /// <summary>Overrides alone may be changed whatever a function carries: its driver stays.</summary>
    public override string? Veto(KnobReading found, string target, JournalEntry? entry)
    {
        var wanted = NumberedValues.Parse(target);
        return found.Value is { } value && NumberedValues.Parse(value).All(entry =>
            !wanted.TryGetValue(entry.Key, out var other) || Binding.Parse(entry.Value).HasDriverOf(Binding.Parse(other)))
                ? null
                : found.Veto;
    }

    protected override bool SameOne(string left, string right) => Binding.Same(left, right);

    private Objection? Against(HostView host, PciDevice port, int number, string? driver)
    {
        if (PciBus.Find(host.Files, port.VirtualFunctions[number]) is not { } function)
        {
            return null;
        }

        return DriverRules.Against(DeviceUse.Read(host, function), driver, companions) is { } objection
            ? objection with { Reason = $"virtual function {number} ({function.Address}): {objection.Reason}" }
            : null;
    }

    private static IEnumerable<Wish> Wishes(ResolvedDevice device)
    {
        if (device is { Refusal: null, Spec.Sriov: { VfDriver: { } driver, NumVfs: > 0 } sriov })
        {
            yield return Planning.Wish.For(
                new FunctionDriverKnob(device.Address, sriov, device.Companions), Wish(sriov.NumVfs, DriverNames.Of(driver)));
        }
    }
}

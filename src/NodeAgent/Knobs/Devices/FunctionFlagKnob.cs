using System.Globalization;
using Latlab.Crds.TunedNodes;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Files;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>What a port's driver lets each virtual function do: a flag, on or off.</summary>
/// <param name="prefix">The field.</param>
/// <param name="address">The port's address on the PCI bus.</param>
/// <param name="word">The flag's name for ip.</param>
/// <param name="flag">The flag as ip shows it.</param>
/// <param name="count">The number of virtual functions in the spec; null when it is put back.</param>
internal sealed class FunctionFlagKnob(string prefix, string address, string word, Func<LinkFunction, bool?> flag, int? count)
    : FunctionsKnob($"{prefix}[{address}]", address, count)
{
    public static readonly KnobKind Trust = Kind(
        "devices.sriov.trust", "trust", function => function.Trust, sriov => sriov.Trust, new(
            "A function that may be promiscuous, and change its MAC address.", "ip -j -d link show, vfinfo_list of the port", "ip-link(8)",
            "A trusted function sees and does what concerns others"));

    public static readonly KnobKind SpoofCheck = Kind(
        "devices.sriov.spoofCheck", "spoofchk", function => function.SpoofCheck, sriov => sriov.SpoofCheck, new(
            "Without it a function may forward frames of others.", "ip -j -d link show, vfinfo_list of the port", "ip-link(8)"));

    private const string On = "on";
    private const string Off = "off";
    private const string Untold = "untold";

    public override string Evidence => $"ip -j -d link show, vfinfo_list of {Address}";

    protected override KnobReading ReadAll(HostView host, PciDevice port)
    {
        if (host.Links.TryRead(out var problem) is not { } table)
        {
            return KnobReading.Failed(problem!);
        }

        if (Port(host, table) is not { } link)
        {
            return KnobReading.Failed($"{Address} has no network device here, and its virtual functions cannot be asked about; bind it to the kernel's driver");
        }

        return KnobReading.Of(NumberedValues.Format(port.VirtualFunctions.Keys.Select(number =>
            KeyValuePair.Create(number, Word(link.Functions.FirstOrDefault(function => function.Number == number))))))
            with
        { Source = $"ip -j -d link show {link.Name}" };
    }

    protected override string? WriteOne(HostView host, PciDevice port, int number, string value)
    {
        if (host.Links.TryRead(out var problem) is not { } table || Port(host, table) is not { } link)
        {
            return problem ?? $"{Address} has no network device here";
        }

        var found = Word(link.Functions.FirstOrDefault(function => function.Number == number));
        return value == Untold || value == found
            ? null
            : host.Links.Change("set", "dev", link.Name, "vf", number.ToString(CultureInfo.InvariantCulture), word, value);
    }

    private Link? Port(HostView host, IReadOnlyList<Link> table)
    {
        var netdevs = PciBus.NetdevsOf(host.Files, Address);
        return table.FirstOrDefault(link => netdevs.Contains(link.Name));
    }

    private string Word(LinkFunction? function) => (function is null ? null : flag(function)) switch
    {
        true => On,
        false => Off,
        null => Untold,
    };

    private static KnobKind Kind(string prefix, string word, Func<LinkFunction, bool?> flag, Func<SriovTuning, bool?> wish, KnobText text) => new(
        prefix,
        (spec, host) => ResolvedDevices.Of(spec, host)
            .Where(device => device is { Refusal: null, Spec.Sriov.NumVfs: > 0 } && wish(device.Spec.Sriov) is not null)
            .Select(device => Planning.Wish.For(
                new FunctionFlagKnob(prefix, device.Address, word, flag, device.Spec.Sriov!.NumVfs),
                Wish(device.Spec.Sriov.NumVfs, wish(device.Spec.Sriov) == true ? On : Off))),
        key => PciBus.IsAddress(key) ? new FunctionFlagKnob(prefix, key, word, flag, null) : null,
        text);
}

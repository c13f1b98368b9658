using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>A device that experiments may use: is it there, and up? It is looked at and never changed.</summary>
internal sealed partial class InterfaceKnob(string name, string device) : Knob($"{Prefix}[{name}]")
{
    // What the journal keeps of it is only whether it was up: no device is needed to forget that.
    public static readonly KnobKind Kind = new(Prefix, Wishes, key => new InterfaceKnob(key, ""), new(
        "Nothing: a device that experiments may use is looked at, and never changed.", "ip -j -d link show DEVICE", "ip-link(8)"));

    private const string Prefix = "interfaces";
    private const string Up = "up";
    private const string NoCarrier = "up, no carrier";

    public override string Evidence => $"ip -j -d link show {device}";

    public override bool Writable => false;

    public override KnobReading Read(HostView host)
    {
        if (host.Links.TryRead(out var problem) is not { } table)
        {
            return KnobReading.Failed(problem!);
        }

        return table.FirstOrDefault(link => link.Name == device) switch
        {
            null => KnobReading.Failed(
                $"no device {device} on this node; ip link shows {string.Join(", ", table.Select(link => link.Name))}"),
            { IsUp: true, HasCarrier: true } => KnobReading.Of($"{device} {Up}"),
            { IsUp: true } => KnobReading.Of($"{device} {NoCarrier}"),
            _ => KnobReading.Of($"{device} down"),
        };
    }

    public override string Write(HostView host, string value) => throw new InvalidOperationException($"{Path} is only verified");

    public override string Shortfall(string wished, string found) => found == $"{device} {NoCarrier}"
        ? $"device {device} is up and has no carrier; plug the cable in, or set up the port at its other end"
        : $"device {device} is down; set it up: ip link set dev {device} up";

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        spec.Interfaces.Select(offered => Device().IsMatch(offered.Device) && !offered.Device.EndsWith('\n')
            ? Wish.For(new InterfaceKnob(offered.Name, offered.Device), $"{offered.Device} {Up}")
            : Wish.Refused(
                $"{Prefix}[{offered.Name}]", Up, "no network device can have that name; write one of at most 15 characters, as ip link shows it"));

    [GeneratedRegex(Names.Device)]
    private static partial Regex Device();
}

using System.Text.RegularExpressions;
using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Knobs.Files;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Network;

/// <summary>Which CPUs do the network stack's work for what a device received (RPS).</summary>
internal static partial class SteeringKnobs
{
    private const string Prefix = "networkDevices.receiveCpus";
    private const string None = "none";

    /// <summary>No CPU in the mask: the one that the interrupt came to does it.</summary>
    private static readonly AttributeForm MaskOrNone = new(
        text => CpuMask.TryParse(text) is { Count: 0 } ? None : AttributeForm.Mask.Parse(text),
        value => value == None ? "0" : AttributeForm.Mask.Format(value));

    public static readonly KnobKind ReceiveCpus = new(
        Prefix,
        (spec, host) => spec.NetworkDevices.Where(device => device.ReceiveCpus is not null).SelectMany(device => CanBe(device.Device)
            ? NodeCpus.Wishes(host, $"{Prefix}[{device.Device}]", device.ReceiveCpus, cpus =>
                [Wish.For(Of(device.Device), NumberedKnob.Wish(Queues(device.Device).Numbers(host.Files), CpuList.Format(cpus)))])
            : [Wish.Refused($"{Prefix}[{device.Device}]", device.ReceiveCpus!, "no network device can have that name; write one as ip link shows it")]),
        key => CanBe(key) ? Of(key) : null,
        new(
            "The network stack's work for what a device received (softirqs) stays off the other CPUs.", Queues("DEVICE").Pattern, "networking/scaling.rst (RPS)",
            "What the kernel's stack receives alone: DPDK's ports do not pass it"));

    /// <summary>Whether a device can have that name; it becomes part of a path, and an argument.</summary>
    public static bool CanBe(string device) => Device().IsMatch(device) && !device.EndsWith('\n') && !device.Contains("..", StringComparison.Ordinal);

    private static NumberedFiles Queues(string device) => new($"/sys/class/net/{device}/queues/rx-*/rps_cpus");

    private static NumberedKnob Of(string device) => new($"{Prefix}[{device}]", Queues(device), MaskOrNone);

    [GeneratedRegex(Names.Device)]
    private static partial Regex Device();
}

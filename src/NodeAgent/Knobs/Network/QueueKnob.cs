using System.Globalization;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Devices;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Network;

/// <summary>
/// Number of a network device's combined queues, by ethtool. Most drivers take the link down for a moment: never of a device that the node
/// needs.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="wished">The number that the spec asks for; null when it is put back.</param>
internal sealed class QueueKnob(string device, int? wished) : Knob($"{Prefix}[{device}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, key => SteeringKnobs.CanBe(key) ? new QueueKnob(key, null) : null, new(
        "Fewer queues, fewer interrupts, and those on other CPUs.", "ethtool -l DEVICE", "ethtool(8), networking/scaling.rst",
        "The link goes down for a moment. Refused for a device that carries a route or an address of the node, or is beneath a bond, a "
            + "bridge or a VLAN"));

    private const string Prefix = "networkDevices.combinedQueues";

    public override string Evidence => $"ethtool -l {device}";

    public override KnobReading Read(HostView host)
    {
        var shown = host.Files.Run("ethtool", ["-l", device]);
        if (!shown.Succeeded)
        {
            return shown.Error.Contains("not supported", StringComparison.OrdinalIgnoreCase)
                ? KnobReading.Unsupported($"the driver of {device} has no number of queues to set (ethtool -l: {shown.Error}); take "
                    + $"{Path} out of the spec")
                : KnobReading.Failed($"ethtool -l {device}: {shown.Error}");
        }

        return Combined(shown.Output) is (_, { } current)
            ? KnobReading.Of(current.ToString(CultureInfo.InvariantCulture)).Objected(current == wished ? null : Against(host))
            : KnobReading.Unsupported($"{device} has no combined queues (ethtool -l shows none); take {Path} out of the spec");
    }

    public override string? Write(HostView host, string value)
    {
        if (Against(host) is { } objection)
        {
            return objection.Reason;
        }

        var outcome = host.Files.Run("ethtool", ["-L", device, "combined", value]);
        return outcome.Succeeded ? null
            : $"ethtool -L {device} combined {value}: {outcome.Error}"
                + (Combined(host.Files.Run("ethtool", ["-l", device]).Output) is ({ } most, _) ? $"; it has at most {most}" : "");
    }

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        foreach (var tuned in spec.NetworkDevices.Where(device => device.CombinedQueues is not null))
        {
            var wished = tuned.CombinedQueues!.Value.ToString(CultureInfo.InvariantCulture);
            if (!SteeringKnobs.CanBe(tuned.Device) || tuned.CombinedQueues is < 1 or > 4096)
            {
                yield return Wish.Refused($"{Prefix}[{tuned.Device}]", wished, "no such device or number of queues can be; write a "
                    + "device as ip link shows it, and 1 to 4096");
                continue;
            }

            yield return Wish.For(new QueueKnob(tuned.Device, tuned.CombinedQueues), wished);
        }
    }

    private Objection? Against(HostView host)
    {
        if (host.Network.TryRead(out var problem) is not { } network)
        {
            return new($"whether the node needs {device}, whose link would go down for a moment, cannot be seen: {problem}; nothing is changed without that");
        }

        return LinkUse.Of(network, device, PciBus.OnTopOf(host.Files, device)) is { } use
            ? new($"its link would go down for a moment, and {use}", IsOfUse: true)
            : null;
    }

    /// <summary>"Combined:" stands under maximums first, then under what is set.</summary>
    private static (int? Most, int? Current) Combined(string output)
    {
        var counts = output.Split('\n')
            .Where(line => line.StartsWith("Combined:", StringComparison.Ordinal))
            .Select(line => line["Combined:".Length..].Trim())
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : (int?)null)
            .ToList();
        return counts is [var most, var current] ? (most, current) : (null, null);
    }
}

using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Devices;

/// <summary>A device, and what the node does with it.</summary>
/// <param name="Device">The device.</param>
/// <param name="Port">The port that it is a virtual function of; null when it is none.</param>
/// <param name="Functions">Its own virtual functions, by number.</param>
/// <param name="Network">What network devices carry; null when that is not known.</param>
/// <param name="Problem">Why it is not known.</param>
/// <param name="Stacked">What stands on top of network devices, by their names, beside what <paramref name="Network"/> has.</param>
internal sealed record DeviceUse(
    PciDevice Device,
    PciDevice? Port,
    IReadOnlyList<(int Number, PciDevice Device)> Functions,
    NetworkFacts? Network,
    string? Problem,
    ILookup<string, string> Stacked)
{
    public static DeviceUse Read(HostView host, PciDevice found)
    {
        var device = Whole(found.Address) ?? found;
        var port = device.PhysicalFunction is { } address ? Whole(address) : null;
        IReadOnlyList<(int, PciDevice)> functions =
        [
            .. device.VirtualFunctions
                .Select(function => (function.Key, Whole(function.Value)))
                .Where(f => f.Item2 is not null)
                .Select(f => (f.Key, f.Item2!)),
        ];
        var netdevs = functions.Select(f => f.Item2).Append(device).Append(port).OfType<PciDevice>().SelectMany(d => d.Netdevs).ToList();
        var network = host.Network.TryRead(out var problem);
        return new(
            device, port, functions, network, problem,
            netdevs.SelectMany(netdev => PciBus.OnTopOf(host.Files, netdev).Select(above => (netdev, above)))
                .ToLookup(pair => pair.netdev, pair => pair.above));

        PciDevice? Whole(string which) => PciBus.Find(host.Files, which, withUse: true);
    }
}

using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>Specs about devices of a <see cref="PciTree"/>, and what its network devices may carry.</summary>
internal static class DeviceSpecs
{
    public static NodeTuningSpec Driver(DeviceDriver driver, string address = PciTree.Port) => Of(new DeviceTuning { Name = "a", PciAddress = address, Driver = driver });

    public static NodeTuningSpec Named(string netdev, DeviceDriver driver) => Of(new DeviceTuning { Name = "a", Netdev = netdev, Driver = driver });

    public static NodeTuningSpec Functions(SriovTuning sriov, string address = PciTree.Port) => Of(new DeviceTuning { Name = "a", PciAddress = address, Sriov = sriov });

    public static NodeTuningSpec Of(params DeviceTuning[] devices) => new() { Devices = devices };

    public static PciKernel WithAddress(PciKernel kernel, string netdev, string address = "192.0.2.7", string family = "inet", string scope = "global")
    {
        kernel.Addresses = $$"""
            [{"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
            {"ifname":"{{netdev}}","addr_info":[{"family":"{{family}}","local":"{{address}}","prefixlen":24,"scope":"{{scope}}"}]}]
            """;
        return kernel;
    }

    public static PciKernel WithRoute(PciKernel kernel, string route)
    {
        kernel.Routes = $$"""[{"type":"local","dst":"127.0.0.1","dev":"lo","table":"local"},{{route}}]""";
        return kernel;
    }
}

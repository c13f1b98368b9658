using System.Net.NetworkInformation;

namespace Latlab.Cli.Forwarding;

/// <summary>Network devices of this process' network namespace.</summary>
internal static class NetworkDevice
{
    /// <summary>Whether there is one of that name. Not asked of /sys, which may be that of another network namespace.</summary>
    public static bool Exists(string name) => NetworkInterface.GetAllNetworkInterfaces().Any(device => device.Name == name);
}

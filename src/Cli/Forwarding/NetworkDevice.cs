using System.Net.NetworkInformation;

namespace Latlab.Cli.Forwarding;

/// <summary>Network devices of this process' network namespace.</summary>
internal static class NetworkDevice
{
    /// <summary>Whether there is one of that name. Not asked of /sys, which may be that of another network namespace.</summary>
    public static bool Exists(string name) => NetworkInterface.GetAllNetworkInterfaces().Any(device => device.Name == name);

    /// <summary>Name of the driver of its hardware, e.g. <c>ice</c>; null for a device that has none, such as a veth, or when it cannot be told.</summary>
    public static string? DriverOf(string name)
    {
        var device = NetworkInterface.GetAllNetworkInterfaces().FirstOrDefault(candidate => candidate.Name == name);
        return device is null ? null : DriverOf("/sys/class/net", name, device.GetPhysicalAddress());
    }

    /// <summary>The same in a folder as <c>/sys/class/net</c>, which may be that of another network namespace: only if the address is the device's, too.</summary>
    internal static string? DriverOf(string folder, string name, PhysicalAddress address)
    {
        try
        {
            var device = Path.Combine(folder, name);
            return PhysicalAddress.TryParse(File.ReadAllText(Path.Combine(device, "address")).Trim(), out var told) && told.Equals(address)
                ? Path.GetFileName(new DirectoryInfo(Path.Combine(device, "device", "driver")).LinkTarget)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

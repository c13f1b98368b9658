namespace Latlab.NodeAgent.Host;

/// <summary>Programs that run on the host.</summary>
internal static class Processes
{
    public const string Kubelet = "kubelet";

    /// <summary>Process IDs of a program, by the name that the kernel has of it (at most 15 characters).</summary>
    public static IEnumerable<string> Named(IHost host, string name) =>
        host.List("/proc").Where(process => char.IsAsciiDigit(process[0]) && host.Read($"/proc/{process}/comm").Text == name);
}

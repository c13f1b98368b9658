namespace Latlab.NodeAgent.Host;

/// <summary>Identity of the running boot.</summary>
internal static class BootId
{
    public const string Path = "/proc/sys/kernel/random/boot_id";

    /// <exception cref="IOException">The file cannot be read: nothing can be said about what is in effect in this boot.</exception>
    public static string Read(IHost host)
    {
        var read = host.Read(Path);
        return read.Text ?? throw new IOException($"{Path}: {read.Problem ?? "No such file"}; is the host's /proc mounted below the root?");
    }
}

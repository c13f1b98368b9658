using System.Diagnostics;

namespace Testing;

/// <summary>
/// A way from the API server, which has a network of its own, to a port of this process: the opposite of hack/cluster's relay.
/// </summary>
public sealed class WayIn : IAsyncDisposable
{
    private readonly Process _relay;

    private WayIn(Process relay, string address, int port)
    {
        _relay = relay;
        Address = address;
        Port = port;
    }

    /// <summary>Where the API server finds it.</summary>
    public string Address { get; }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        _relay.Kill(entireProcessTree: true);
        await _relay.WaitForExitAsync();
        _relay.Dispose();
    }

    /// <param name="networkNamespace">Path of the API server's network.</param>
    /// <param name="address">An address there that is not loopback: endpoints of a Service cannot be.</param>
    /// <param name="port">Port on 127.0.0.1 here, and at that address there.</param>
    internal static WayIn Open(string networkNamespace, string address, int port)
    {
        var here = $"/proc/{Environment.ProcessId}/ns/net";
        return new WayIn(
            Process.Start("nsenter",
            [
                $"--net={networkNamespace}", "socat", $"TCP-LISTEN:{port},bind={address},reuseaddr,fork",
                $"EXEC:nsenter --net={here} socat STDIO TCP\\:127.0.0.1\\:{port}",
            ]),
            address,
            port);
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Latlab.Cli.Tests.Live;

/// <summary>A network namespace of its own with virtual wires <c>w1a-w1b</c> and <c>w2a-w2b</c>.</summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNetwork = 0x40000000;

    public NetworkNamespace()
    {
        Assert.True(Environment.IsPrivilegedProcess, "This test makes a network namespace and captures packets: run it as root.");
        Ip("netns", "add", Name);
        Ip("-n", Name, "link", "set", "lo", "up");
        foreach (var wire in new[] { "w1", "w2" })
        {
            Ip("-n", Name, "link", "add", wire + "a", "type", "veth", "peer", "name", wire + "b");
            Ip("-n", Name, "link", "set", wire + "a", "up");
            Ip("-n", Name, "link", "set", wire + "b", "up");
        }
    }

    public string Name { get; } = $"latlab-{Guid.NewGuid():N}"[..20];

    /// <summary>Starts the built <c>latlab</c> in the namespace.</summary>
    public LatlabProcess Start(params string[] arguments) =>
        LatlabProcess.Start(["nsenter", $"--net=/run/netns/{Name}", Path.Combine(AppContext.BaseDirectory, "latlab"), .. arguments]);

    /// <summary>An HTTP client whose connections are made in the namespace.</summary>
    public HttpClient CreateHttpClient() => new(new SocketsHttpHandler
    {
        ConnectCallback = (context, _) => new(new NetworkStream(Connect(context.DnsEndPoint), ownsSocket: true)),
    });

    public void Dispose() => Ip("netns", "delete", Name);

    /// <summary>Changes a device of it by <c>ip link set</c>.</summary>
    public void Set(string device, params string[] what) => Ip(["-n", Name, "link", "set", device, .. what]);

    /// <summary>A device's address, in 12 hexadecimal digits.</summary>
    public string HardwareAddress(string device) => Inside(() =>
        $"{NetworkInterface.GetAllNetworkInterfaces().Single(candidate => candidate.Name == device).GetPhysicalAddress()}");

    /// <summary>
    /// Does something on a thread that enters the namespace and ends there: a socket stays in the namespace in which it was made.
    /// </summary>
    public T Inside<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>();
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{Name}");
                if (EnterNamespace(handle, NewNetwork) != 0)
                {
                    throw new IOException($"setns: {Marshal.GetLastPInvokeErrorMessage()}");
                }

                done.SetResult(work());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        thread.Start();
        thread.Join();
        return done.Task.GetAwaiter().GetResult();
    }

    private Socket Connect(DnsEndPoint endpoint) => Inside(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Parse(endpoint.Host), endpoint.Port);
        return socket;
    });

    private static void Ip(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {error}");
    }

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int EnterNamespace(SafeFileHandle handle, int type);
}

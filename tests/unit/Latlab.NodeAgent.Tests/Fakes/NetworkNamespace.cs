using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Tests.Fakes;

/// <summary>
/// A network namespace of the test's own, gone with everything in it at the end. What runs in it sees real links and real net.* sysctls.
/// </summary>
internal sealed partial class NetworkNamespace : IDisposable
{
    private const int NewNet = 0x40000000;
    private readonly string _name = $"latlab-test-{Guid.NewGuid():N}"[..24];

    public NetworkNamespace() => Outside("netns", "add", _name);

    /// <summary>Runs code on a thread inside; processes that it starts are inside, too.</summary>
    public void Inside(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                using var handle = File.OpenHandle($"/run/netns/{_name}");
                Assert.Equal(0, SetNamespace(handle, NewNet));
                action();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    public void Dispose() => Outside("netns", "delete", _name);

    /// <summary>Runs <c>ip</c> where the caller is, and fails the test when that fails.</summary>
    public static string Ip(params string[] arguments)
    {
        var outcome = new HostRoot("/").Run("ip", arguments);
        Assert.True(outcome.Succeeded, $"ip {string.Join(' ', arguments)}: {outcome.Error}");
        return outcome.Output;
    }

    private static void Outside(params string[] arguments) => Ip(arguments);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    private static partial int SetNamespace(SafeHandle descriptor, int kind);
}

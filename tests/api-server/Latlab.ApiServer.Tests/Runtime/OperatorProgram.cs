using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>The operator's program as a pod runs it.</summary>
internal sealed class OperatorProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _said = new();

    private OperatorProgram(Process process)
    {
        _process = process;
        _process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
    }

    /// <summary>Its log so far.</summary>
    public string Said => string.Join('\n', _said);

    public static OperatorProgram Start(string? kubeconfig, string @namespace)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "latlab-operator.dll"), "run", $"--lease-namespace={@namespace}", $"--runs-namespace={@namespace}",
            "--run-image=none", "--forwarder-image=none", $"--port={FreePort()}", "--webhook-port=0",
        ])
        {
            RedirectStandardOutput = true,
        };
        if (kubeconfig is not null)
        {
            start.Environment["KUBECONFIG"] = kubeconfig;
        }

        return new OperatorProgram(Process.Start(start)!);
    }

    /// <summary>What kubelet does at first to end it.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-s", "TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end and returns its exit code.</summary>
    public async Task<int> EndedAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

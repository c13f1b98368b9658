using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>The operator's program as a pod runs it.</summary>
internal sealed class OperatorProgram : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly Process _process;
    private readonly Uri _metrics;
    private readonly ConcurrentQueue<string> _said = new();

    private OperatorProgram(Process process, int port)
    {
        _process = process;
        _metrics = new Uri($"http://127.0.0.1:{port}/metrics");
        _process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
    }

    /// <summary>Its log so far.</summary>
    public string Said => string.Join('\n', _said);

    public bool HasEnded => _process.HasExited;

    public static OperatorProgram Start(string? kubeconfig, string @namespace, params IEnumerable<string> more)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "latlab-operator.dll"), "run", $"--lease-namespace={@namespace}", $"--runs-namespace={@namespace}",
            "--run-image=none", "--forwarder-image=none", $"--port={port}", "--webhook-port=0", .. more,
        ])
        {
            RedirectStandardOutput = true,
        };
        if (kubeconfig is not null)
        {
            start.Environment["KUBECONFIG"] = kubeconfig;
        }

        return new OperatorProgram(Process.Start(start)!, port);
    }

    /// <summary>Whether it says that it leads.</summary>
    public async Task<bool> LeadsAsync()
    {
        try
        {
            return (await Http.GetStringAsync(_metrics)).Contains("\nlatlab_leader 1\n", StringComparison.Ordinal);
        }
        catch (HttpRequestException)
        {
            // It does not listen yet, or no longer.
            return false;
        }
    }

    /// <summary>What it has cost since its start.</summary>
    public async Task<OperatorCost> CostAsync()
    {
        var reconciles = OperatorCost.ReadReconciles(await Http.GetStringAsync(_metrics));
        _process.Refresh();
        return new OperatorCost(_process.TotalProcessorTime.TotalSeconds, _process.PeakWorkingSet64 / (double)(1 << 20), reconciles);
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

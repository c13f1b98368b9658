using System.Net.Sockets;
using System.Text.Json;

namespace Latlab.Cli.Forwarding;

/// <summary>Waits until testpmd forwards.</summary>
internal sealed class ForwarderReadiness(string filePrefix, TimeProvider time)
{
    private const int Ports = 2;
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Returns once both ports are started and a forwarding lcore is at work.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        while (!await ForwardsAsync(cancellationToken))
        {
            await Task.Delay(PollInterval, time, cancellationToken);
        }
    }

    private async Task<bool> ForwardsAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var telemetry = await DpdkTelemetry.ConnectAsync(filePrefix, cancellationToken);
            for (var port = 0; port < Ports; port++)
            {
                if (!await telemetry.IsStartedAsync(port, cancellationToken))
                {
                    return false;
                }
            }

            return IsForwarding(telemetry.ProcessId);
        }
        catch (Exception exception) when (exception is SocketException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // testpmd is not there yet, or is so busy starting that it does not answer in time.
            return false;
        }
    }

    /// <summary>
    /// Telemetry of DPDK 22.11 tells of ports, not of lcores. But a forwarding lcore polls and never sleeps, while one without work waits
    /// for a pipe, so the
    /// state of its thread tells: this container shares the pod's PID namespace. Where it does not, the ports have the last word.
    /// </summary>
    private static bool IsForwarding(int processId)
    {
        var process = $"/proc/{processId}";
        if (!File.Exists($"{process}/comm")
            || !File.ReadAllText($"{process}/comm").StartsWith(TestpmdCommandLine.Program, StringComparison.Ordinal))
        {
            return true;
        }

        return Directory.EnumerateDirectories($"{process}/task").Any(task =>
        {
            // pid (name) state …; no thread of DPDK has a parenthesis in its name.
            var stat = File.ReadAllText($"{task}/stat").Split('(', ')');
            return stat is [_, var name, var rest] && name.Contains("worker", StringComparison.Ordinal)
                && rest.StartsWith(" R", StringComparison.Ordinal);
        });
    }
}

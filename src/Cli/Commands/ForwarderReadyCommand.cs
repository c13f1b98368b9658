using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Latlab.Cli.Forwarding;
using Latlab.Cli.Probes;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab forwarder-ready</c>: tells kubelet when testpmd forwards.</summary>
internal static class ForwarderReadyCommand
{
    public static Command Create()
    {
        var filePrefix = ForwardCommand.FilePrefix();
        var listen = RunOptions.Listen("127.0.0.1:9476");
        var command = new Command(
            "forwarder-ready",
            "Answer GET /readyz with 200 once testpmd forwards, by its telemetry; after that leave it in peace. Ends on SIGTERM")
        {
            filePrefix, listen,
        };
        command.SetAction(async (result, _) => await RunAsync(result.GetRequiredValue(filePrefix), result.GetRequiredValue(listen)));
        return command;
    }

    private static async Task<int> RunAsync(string filePrefix, IPEndPoint listen)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var stopping = new CancellationTokenSource();
        try
        {
            var ready = new ForwarderReadiness(filePrefix, TimeProvider.System).WaitAsync(stopping.Token);
            using var readiness = ReadinessEndpoint.Start(listen, new Dictionary<string, Func<CancellationToken, Task<bool>>>
            {
                ["/readyz"] = _ => Task.FromResult(ready.IsCompletedSuccessfully),
            });
            if (await Task.WhenAny(ready, stop.Task) == ready)
            {
                await ready;
                await stop.Task;
            }

            await stopping.CancelAsync();
            return Outcome.Done;
        }
        catch (CommandFailedException exception)
        {
            await Console.Error.WriteLineAsync($"latlab forwarder-ready: {exception.Message}");
            return Outcome.Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }
}

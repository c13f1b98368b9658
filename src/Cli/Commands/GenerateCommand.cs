using System.CommandLine;
using System.Runtime.InteropServices;
using Latlab.Cli.Forwarding;
using Latlab.Cli.Generation;
using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab generate</c>: sends a run's packets.</summary>
internal static class GenerateCommand
{
    private static readonly TimeSpan LinkPatience = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var device = RunOptions.Device("--interface", "Network device to send on");
        var runId = RunOptions.RunId();
        var rate = RunOptions.Number("--rate", "Packets/s over all flows", "PPS", 1, 100_000_000);
        var frameSize = RunOptions.FrameSize("--frame-size", "Ethernet frame");
        var flows = RunOptions.Number("--flows", "UDP flows, told apart by their source ports", "N", 1, 4096, 1);
        var warmUp = RunOptions.Length(
            "--warm-up", "Traffic before the window, not measured", "1s", LatencyExperimentValidator.LongestTraffic, mayBeZero: true);
        var duration = RunOptions.Length("--duration", "The window", "10s", LatencyExperimentValidator.LongestTraffic);
        var report = RunOptions.Report();
        var command = new Command("generate", "Send UDP packets at a constant rate, numbered for \"latlab meter\"")
        {
            device, runId, rate, frameSize, flows, warmUp, duration, report,
        };
        command.SetAction(result => Outcome.Of(
            "generate",
            result.GetValue(report),
            PodReportJson.Default.GeneratorReport,
            () => Run(
                result.GetRequiredValue(device),
                result.GetValue(frameSize),
                result.GetValue(runId),
                new TrafficPlan(
                    result.GetValue(rate), result.GetValue(flows), RunOptions.Length(result, warmUp), RunOptions.Length(result, duration))),
            error => new GeneratorReport { Error = error, Cpus = AllowedCpus.OfThisProcess() }));
        return command;
    }

    private static GeneratorReport Run(string device, int frameSize, uint runId, TrafficPlan plan)
    {
        using var socket = PacketSocket.Open(device, frameSize - FrameTemplate.FrameCheckSequence);
        socket.WaitForLink(LinkPatience, TimeProvider.System);
        var generator = new Generator(socket, plan, runId);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        var window = generator.Run();
        Console.WriteLine(
            $"sent {window.Sent} packets at {window.OfferedRate}/s, refused by the kernel {window.Refused}, not sent {window.NotSent}, "
            + $"at most {window.MaxLatenessNs} ns late, longest burst {window.LongestBurst}");
        return new GeneratorReport
        {
            Sent = window.Sent,
            SendErrors = window.Refused,
            NotSent = window.NotSent,
            MaxLatenessNs = window.MaxLatenessNs,
            LongestBurst = window.LongestBurst,
            OfferedRate = window.OfferedRate,
            Cpus = AllowedCpus.OfThisProcess(),
        };

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            generator.Stop();
        }
    }
}

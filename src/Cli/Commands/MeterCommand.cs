using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Latlab.Cli.Forwarding;
using Latlab.Cli.Metering;
using Latlab.Cli.Probes;
using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab meter</c>: measures the latency of a run's packets between two taps.</summary>
internal static class MeterCommand
{
    /// <summary>The longest warm-up and window that the API allows, and time for all pods to start.</summary>
    private static readonly TimeSpan LongestDeadline = (2 * LatencyExperimentValidator.LongestTraffic) + TimeSpan.FromHours(1);

    public static Command Create()
    {
        var ingress = RunOptions.Device("--ingress", "Network device to capture on before the forwarder");
        var egress = RunOptions.Device("--egress", "Network device to capture on after it");
        var runId = RunOptions.RunId();
        var window = RunOptions.Length(
            "--window", "Longest latency that counts as arrival, what takes longer is lost", "100ms", LatencyExperimentValidator.LongestWindow);
        var deadline = RunOptions.Length("--deadline", "When to end without the generator's end marker", "75s", LongestDeadline);
        var probe = RunOptions.Device(
            "--probe",
            "Network device that the generator will send on: GET /forwarding answers 200 once a frame sent there was seen at the egress tap");
        probe.Required = false;
        var probeSize = RunOptions.FrameSize("--probe-size", "That frame's size, best that of the traffic's frames");
        var listen = RunOptions.Listen("127.0.0.1:9475");
        var pcap = new Option<DirectoryInfo?>("--pcap")
        {
            Description = "Keep both captures as ingress.pcap and egress.pcap in this directory",
            HelpName = "DIR",
        };
        var mostPcapBytes = RunOptions.Number(
            "--pcap-max-bytes", "Size at which each of these files ends", "BYTES", 1L << 20, 1L << 50, MeterSettings.UsualMostPcapBytes);
        var report = RunOptions.Report();
        var command = new Command(
            "meter",
            "Measure the latency of one run's packets between two taps; GET /readyz answers 200 once both capture")
        {
            ingress, egress, runId, window, deadline, probe, probeSize, listen, pcap, mostPcapBytes, report,
        };
        command.SetAction(result => Outcome.Of(
            "meter",
            result.GetValue(report),
            PodReportJson.Default.MeterReport,
            () => Run(
                new MeterSettings(
                    result.GetRequiredValue(ingress),
                    result.GetRequiredValue(egress),
                    result.GetValue(runId),
                    RunOptions.Length(result, window),
                    result.GetValue(pcap)?.FullName,
                    result.GetValue(mostPcapBytes)),
                RunOptions.Length(result, deadline),
                result.GetValue(probe) is { } device
                    ? new ProbeSettings(device, result.GetRequiredValue(egress), result.GetValue(runId), result.GetValue(probeSize))
                    : null,
                result.GetRequiredValue(listen),
                result.InvocationConfiguration),
            error => new MeterReport { Error = error, Cpus = AllowedCpus.OfThisProcess() }));
        return command;
    }

    private static MeterReport Run(
        MeterSettings settings, TimeSpan deadline, ProbeSettings? probeSettings, IPEndPoint listen, InvocationConfiguration console)
    {
        using var session = new MeterSession(settings, TimeProvider.System, AllowedCpus.OfThisProcess);
        using var probe = probeSettings is null ? null : new ForwardingProbe(probeSettings, TimeProvider.System, console.Error);
        var questions = new Dictionary<string, Func<CancellationToken, Task<string?>>> { ["/readyz"] = _ => Task.FromResult<string?>(null) };
        if (probe is not null)
        {
            questions["/forwarding"] = probe.AskAsync;
        }

        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        // Both captures are open: to be reached is to be ready.
        using var readiness = ReadinessEndpoint.Start(listen, questions);
        var outcome = session.Run(deadline, probe is null ? null : probe.OnSeen);
        var report = MeterReports.From(outcome);
        MeterTable.Write(console.Output, report, outcome);
        return report;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            session.StopNow();
        }
    }
}

using System.CommandLine;
using System.Net;
using System.Runtime.InteropServices;
using Latlab.Cli.Forwarding;
using Latlab.Cli.Metering;
using Latlab.Cli.Probes;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab meter</c>: measures the latency of a run's packets between two taps.</summary>
internal static class MeterCommand
{
    public static Command Create()
    {
        var ingress = RunOptions.Device("--ingress", "Network device to capture on before the forwarder");
        var egress = RunOptions.Device("--egress", "Network device to capture on after it");
        var runId = RunOptions.RunId();
        var window = RunOptions.Length("--window", "Longest latency that counts as arrival: what takes longer is lost", "100ms");
        var deadline = RunOptions.Length("--deadline", "When to end without the generator's end marker", "75s");
        var probe = RunOptions.Device(
            "--probe",
            "Network device that the generator will send on: GET /forwarding answers 200 once a frame sent there was seen at the egress tap");
        probe.Required = false;
        var listen = RunOptions.Listen("127.0.0.1:9475");
        var pcap = new Option<DirectoryInfo?>("--pcap")
        {
            Description = "Keep both captures as ingress.pcap and egress.pcap in this directory",
            HelpName = "DIR",
        };
        var report = RunOptions.Report();
        var command = new Command(
            "meter",
            "Measure the latency of one run's packets between two taps; GET /readyz answers 200 once both capture")
        {
            ingress, egress, runId, window, deadline, probe, listen, pcap, report,
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
                    result.GetValue(window),
                    result.GetValue(pcap)?.FullName),
                result.GetValue(deadline),
                result.GetValue(probe),
                result.GetRequiredValue(listen),
                result.InvocationConfiguration.Output),
            error => new MeterReport { Error = error, Cpus = CpuList.OfThisProcess() }));
        return command;
    }

    private static MeterReport Run(MeterSettings settings, TimeSpan deadline, string? probeDevice, IPEndPoint listen, TextWriter output)
    {
        using var session = new MeterSession(settings, TimeProvider.System);
        using var probe = probeDevice is null ? null : new ForwardingProbe(probeDevice, settings.RunId, TimeProvider.System);
        var questions = new Dictionary<string, Func<CancellationToken, Task<bool>>> { ["/readyz"] = _ => Task.FromResult(true) };
        if (probe is not null)
        {
            questions["/forwarding"] = probe.AskAsync;
        }

        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        // Both captures are open: to be reached is to be ready.
        using var readiness = ReadinessEndpoint.Start(listen, questions);
        var outcome = session.Run(deadline, probe is null ? null : probe.OnSeen);
        var report = MeterReports.From(outcome, CpuList.OfThisProcess());
        MeterTable.Write(output, report, outcome);
        return report;

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            session.StopNow();
        }
    }
}

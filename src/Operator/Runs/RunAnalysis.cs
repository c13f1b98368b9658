using System.Text.Json;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>Turns the reports of an ended meter and an ended generator into the run's results and verdict.</summary>
internal static class RunAnalysis
{
    public static RunPlan Analyze(RunObservation observed, RunStatusBuilder status, OperatorSettings settings)
    {
        if (!TryRead(observed.Meter?.Report, PodReportJson.Default.MeterReport, out var meter) || meter.Results is null)
        {
            return status.Fail(RunConditions.ReasonMeterDied, $"the meter ended without results{Quote(meter?.Error)}") with { LogsOf = RunRole.Meter };
        }

        if (!TryRead(observed.Generator?.Report, PodReportJson.Default.GeneratorReport, out var generator))
        {
            return status.Fail(RunConditions.ReasonGeneratorDied, "the generator ended without a report") with { LogsOf = RunRole.Generator };
        }

        var results = meter.Results with { Generated = generator.Sent };
        var before = observed.Run.Status?.Environment;
        var environment = (before ?? new RunEnvironment()) with
        {
            Timestamps = "Software",
            MeterCpus = meter.Cpus,
            GeneratorCpus = generator.Cpus,
            Images = Images(observed),
            ArtifactsPath = observed.Run.Spec.Artifacts?.Pcap == true ? RunPods.ArtifactsPath(observed.Run, settings) : null,
        };
        return status.Record(
            results,
            ObjectiveCheck.Evaluate(observed.Run.Spec.Measurement.Objectives, results),
            environment,
            RunVerdict.Judge(results, meter, before, observed.Tuning));
    }

    /// <summary>Adds what the forwarder's entry point said, which can be read only when its container has ended.</summary>
    public static RunEnvironment? WithForwarder(RunEnvironment? environment, V1Alpha1LatencyRun run, PodState? forwarder) =>
        run.Spec.Forwarder is not null && TryRead(forwarder?.Report, PodReportJson.Default.ForwarderReport, out var report)
            ? (environment ?? new RunEnvironment()) with { ForwarderCpus = report.Cpus, ForwarderCommand = report.Command, DpdkVersion = report.DpdkVersion }
            : environment;

    private static Dictionary<string, string> Images(RunObservation observed) => Enum.GetValues<RunRole>()
        .Where(role => observed.Pod(role)?.ImageId is not (null or ""))
        .ToDictionary(RunPodNames.RoleValue, role => observed.Pod(role)!.ImageId!);

    private static bool TryRead<T>(string? json, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out T? report)
        where T : class
    {
        report = null;
        if (string.IsNullOrWhiteSpace(json))
        {
            return false;
        }

        try
        {
            report = JsonSerializer.Deserialize(json, type);
            return report is not null;
        }
        catch (JsonException)
        {
            // Whatever ended up in the termination message, it is no report: the caller says so to the user.
            return false;
        }
    }

    private static string Quote(string? error) => string.IsNullOrEmpty(error) ? "" : $": {error}";
}

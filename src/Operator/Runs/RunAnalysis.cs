using Latlab.Crds.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Turns the reports of an ended meter and an ended generator into the run's results and verdict.</summary>
internal static class RunAnalysis
{
    /// <param name="observed">The run.</param>
    /// <param name="status">Its status.</param>
    /// <param name="settings">Where files go.</param>
    /// <param name="agentSilent">Why it is not known what is in effect after the traffic; null when it is.</param>
    public static RunPlan Analyze(RunObservation observed, RunStatusBuilder status, OperatorSettings settings, string? agentSilent)
    {
        if (!PodReportReader.TryRead(observed.Meter?.Report, PodReportJson.Default.MeterReport, out var meter) || meter.Results is null)
        {
            return status.Fail(RunConditions.ReasonMeterDied, $"the meter ended without results{Quote(meter?.Error)}") with { LogsOf = RunRole.Meter };
        }

        if (!PodReportReader.TryRead(observed.Generator?.Report, PodReportJson.Default.GeneratorReport, out var generator))
        {
            return status.Fail(RunConditions.ReasonGeneratorDied, "the generator ended without a report") with { LogsOf = RunRole.Generator };
        }

        var spec = observed.Run.Spec;
        var results = meter.Results with
        {
            Generated = generator.Sent,
            NotSent = generator.NotSent,
            SendErrors = generator.SendErrors,
            MaxLatenessNs = generator.MaxLatenessNs,
            LongestBurst = generator.LongestBurst,
        };
        var before = observed.Run.Status?.Environment;
        var environment = (before ?? new RunEnvironment()) with
        {
            Timestamps = "Software",
            MeterCpus = meter.Cpus,
            GeneratorCpus = generator.Cpus,
            Images = Images(observed),
            Interference = RunInterference.Of(observed),
            ArtifactsPath = spec.Artifacts?.Pcap == true ? RunPods.ArtifactsPath(observed.Run, settings) : null,
        };
        var verdict = RunVerdict.Judge(new RunEvidence(spec, results, meter, generator, before, observed.Tuning, agentSilent));
        var objectives = ObjectiveCheck.Evaluate(spec.Measurement.Objectives, results);
        if (string.IsNullOrEmpty(meter.ArtifactsError))
        {
            return status.Record(results, objectives, environment, verdict);
        }

        var loss = $"the captures were not kept as files: {meter.ArtifactsError}";
        var plan = status.Record(results, objectives, environment, verdict with { Message = $"{verdict.Message}; {loss}" });
        return plan with { Events = [.. plan.Events, new(EventType.Warning, "ArtifactsNotKept", loss)] };
    }

    private static Dictionary<string, string> Images(RunObservation observed) => Enum.GetValues<RunRole>()
        .Where(role => observed.Pod(role)?.ImageId is not (null or ""))
        .ToDictionary(RunPodNames.RoleValue, role => observed.Pod(role)!.ImageId!);

    private static string Quote(string? error) => string.IsNullOrEmpty(error) ? "" : $": {error}";
}

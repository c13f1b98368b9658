using Latlab.Crds;
using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>
/// What the forwarder's entry point said, which can be read only when its container has ended: that is after the verdict.
/// </summary>
/// <param name="Environment">The run's environment, with it.</param>
/// <param name="Note">What whoever reads the result should know of the forwarder's CPUs; null when there is nothing to say.</param>
internal sealed record ForwarderFindings(RunEnvironment? Environment, string? Note)
{
    public static ForwarderFindings Read(RunObservation observed)
    {
        var before = observed.Run.Status?.Environment;
        if (observed.Run.Spec.Forwarder is null || !PodReportReader.TryRead(observed.Forwarder?.Report, PodReportJson.Default.ForwarderReport, out var report))
        {
            return new(before, null);
        }

        var environment = (before ?? new RunEnvironment()) with
        {
            ForwarderCpus = report.Cpus,
            ForwarderCommand = report.Command,
            DpdkVersion = report.DpdkVersion,
            Interference = RunInterference.On(report.Cpus, before?.Interference),
        };
        return new(environment, NoteOn(report, environment));
    }

    /// <summary>The verdict was there first: the note joins it, once, where whoever reads the numbers looks.</summary>
    public LatencyRunStatus AddTo(LatencyRunStatus status) => status with
    {
        Environment = Environment,
        Conditions = status.Results is null || Note is null
            ? status.Conditions
            :
            [
                .. status.Conditions.Select(c =>
                    c.Type == RunConditions.Measured && !c.Message.Contains(Note, StringComparison.Ordinal) ? c with { Message = $"{c.Message}; {Note}" } : c),
            ],
    };

    private static string? NoteOn(ForwarderReport report, RunEnvironment environment)
    {
        if (!report.Exclusive)
        {
            return "the forwarder shared its CPUs: no static CPU manager";
        }

        var shared = CpuList.Common(report.Cpus, environment.MeterCpus);
        return shared.Length == 0 ? null : $"the meter was allowed on the forwarder's CPUs {shared}: give kubelet reserved CPUs (reservedSystemCPUs)";
    }
}

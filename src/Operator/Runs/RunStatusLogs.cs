using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>Puts a container's last words where the user looks.</summary>
internal static class RunStatusLogs
{
    public static LatencyRunStatus WithLogs(this LatencyRunStatus status, string logLines) =>
        logLines.Length == 0
            ? status
            : status with
            {
                Conditions =
                [
                    .. status.Conditions.Select(c => c.Type == RunConditions.Measured ? c with { Message = $"{c.Message}. Last log lines: {logLines}" } : c),
                ],
            };
}

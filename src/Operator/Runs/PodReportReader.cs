using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>Reads what a run pod left as termination message.</summary>
internal static class PodReportReader
{
    public static bool TryRead<T>(string? json, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? report)
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

    /// <summary>What went wrong, as the report of any role has it; null when that says nothing, or is none.</summary>
    public static string? Error(string? json) =>
        TryRead(json, PodReportJson.Default.ForwarderReport, out var report) && !string.IsNullOrEmpty(report.Error) ? report.Error : null;
}

using System.Text.Json.Serialization.Metadata;
using Latlab.Cli.Reports;
using Latlab.Measurement.Live;

namespace Latlab.Cli.Commands;

/// <summary>How a command of a run pod ends: its report written, its exit code set.</summary>
internal static class Outcome
{
    public const int Done = 0;
    public const int Failed = 1;

    /// <summary>Does the work, then writes its report. When something fails, the report and standard error say what.</summary>
    /// <param name="command">Name of the command, for standard error.</param>
    /// <param name="reportPath">Where to write the report; null for nowhere.</param>
    /// <param name="type">How to write it.</param>
    /// <param name="work">Does the work.</param>
    /// <param name="failure">Makes the report of a failure.</param>
    public static int Of<T>(string command, string? reportPath, JsonTypeInfo<T> type, Func<T> work, Func<string, T> failure)
    {
        try
        {
            PodReportFile.Write(reportPath, work(), type);
            return Done;
        }
        catch (Exception exception)
        {
            // Whatever it was: the report is the only way in which the operator learns of it.
            var expected = exception is CommandFailedException or CaptureException or IOException or UnauthorizedAccessException;
            var message = expected ? exception.Message : exception.ToString();
            Console.Error.WriteLine($"latlab {command}: {message}");
            return Report(command, reportPath, type, failure(PodReportFile.Shorten(message)));
        }
    }

    private static int Report<T>(string command, string? reportPath, JsonTypeInfo<T> type, T report)
    {
        try
        {
            PodReportFile.Write(reportPath, report, type);
        }
        catch (Exception exception) when (exception is CommandFailedException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"latlab {command}: cannot write the report: {exception.Message}");
        }

        return Failed;
    }
}

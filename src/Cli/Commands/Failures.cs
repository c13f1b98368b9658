using Latlab.Measurement.Captures;
using Latlab.Measurement.Live;

namespace Latlab.Cli.Commands;

/// <summary>How a command that people use ends when it cannot go on: one line on standard error that says why and what to do.</summary>
internal static class Failures
{
    /// <summary>A pipe's reader went away: as a shell reports SIGPIPE.</summary>
    private const int BrokenPipe = 141;

    /// <summary>Does the work and gives its exit code, or <see cref="Outcome.Failed"/>.</summary>
    public static int Report(string command, Func<int> work)
    {
        try
        {
            return work();
        }
        catch (IOException exception) when (exception.HResult == 32)
        {
            // EPIPE on standard output: nobody is there to be told.
            return BrokenPipe;
        }
        catch (IOException exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            Console.Error.WriteLine($"latlab {command}: {exception.Message} Check the path, and that this user may look into its folder");
            return Outcome.Failed;
        }
        catch (Exception exception) when (exception is CaptureFormatException or CaptureException or CommandFailedException or InvalidDataException or ArgumentException or IOException
            or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"latlab {command}: {Explain(exception)}");
            return Outcome.Failed;
        }
    }

    /// <summary>In words for users: .NET names parameters of its own, and calls a folder denied that was taken for a file.</summary>
    internal static string Explain(Exception exception)
    {
        var message = exception.Message;
        if (exception is ArgumentException { ParamName: { } parameter })
        {
            return message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal);
        }

        return exception is UnauthorizedAccessException && message.Split('\'') is [_, var path, ..] && Directory.Exists(path)
            ? $"{path}: a folder; name a file"
            : message;
    }
}

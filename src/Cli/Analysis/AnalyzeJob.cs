using Latlab.Cli.Terminal;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Reports.Exports;

namespace Latlab.Cli.Analysis;

/// <summary>Analyses a pair of captures, shows progress, and writes what there is, also when it is interrupted.</summary>
internal static class AnalyzeJob
{
    /// <summary>A capture is damaged, or the analysis was interrupted: the numbers are of what could be read.</summary>
    public const int Incomplete = 3;

    /// <summary>The captures' clocks do not allow latencies to be taken.</summary>
    public const int ClocksUnusable = 4;

    /// <summary>A counter does not add up: a bug.</summary>
    public const int CheckFailed = 5;

    /// <exception cref="CaptureFormatException">They cannot be analysed.</exception>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    public static int Run(AnalyzeSettings settings, TextWriter output, TextWriter error)
    {
        Commands.Files.RefuseOnePipeTwice(settings.Before, settings.After);
        Commands.Files.RefuseOverwriting(
            [settings.Before, settings.After],
            [("--lost", settings.LostFile), ("--parquet", settings.ParquetFile), .. ResultFolder.Files(settings.Folder).Select(file => ("-o", (string?)file))]);
        using var interruption = new Commands.Interruption();
        using var pair = CapturePair.Open(
            settings.Before,
            settings.After,
            settings.Captures with { CancellationToken = interruption.Token },
            settings.Identity,
            settings.Force);
        using var lost = settings.LostFile is null ? null : new LostPacketFile(settings.LostFile, pair.FlowName);
        using var parquet = settings.ParquetFile is null ? null : new PacketParquetWriter(settings.ParquetFile);
        var progress = ProgressBar.OfReading(pair.Before.Facts, pair.After.Facts);
        var options = settings.Options with { Observers = [.. new IMatchObserver?[] { lost, parquet }.OfType<IMatchObserver>()] };
        var description = new ResultDescription { Name = settings.Name, Timestamps = settings.Timestamps, Environment = settings.Environment };
        var result = description.Describe(progress.Show(update => pair.Analyze(options, Product.Name, update, interruption.Token)));
        string?[] lists = [lost?.Complete(result.Partial), parquet?.Complete(result.Partial)];
        if (settings.Folder is not null)
        {
            ResultFolder.Write(settings.Folder, result);
        }

        Print(settings.Format, result, output);
        Warn(result, [.. lists.OfType<string>()], error);
        Hint(settings, pair, result, error);
        if (settings.Check && !CounterCheck.Print(result, pair.Before.Facts, pair.After.Facts, settings.Format == ResultFormat.Table ? output : error))
        {
            return CheckFailed;
        }

        var complete = !result.Partial && result.Before!.ProblemCount + result.After!.ProblemCount == 0;
        return !complete ? Incomplete : result.Clock!.Verdict == ClockVerdict.Unusable ? ClocksUnusable : Commands.Outcome.Done;
    }

    private static void Print(ResultFormat format, AnalysisResult result, TextWriter output)
    {
        switch (format)
        {
            case ResultFormat.Json:
                using (var stream = new MemoryStream())
                {
                    AnalysisResultFile.Write(stream, result);
                    output.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
                }

                break;
            case ResultFormat.Csv:
                ResultTables.WriteSummary(output, result);
                break;
            default:
                ResultText.Write(output, result);
                break;
        }
    }

    /// <summary>What an option would change.</summary>
    private static void Hint(AnalyzeSettings settings, CapturePair pair, AnalysisResult result, TextWriter error)
    {
        foreach (var facts in new[] { pair.Before.Facts, pair.After.Facts })
        {
            if (facts.WrapsSeen > 0)
            {
                error.WriteLine($"latlab analyze: {facts.Name}: stamps fall by more than 2 s {facts.WrapsSeen} times, as 32-bit ones do that wrap; use --repair-wraps");
            }

            if (facts.WrapsRepaired > 0)
            {
                error.WriteLine($"latlab analyze: {facts.Name}: {facts.WrapsRepaired} wraps of 32-bit stamps were repaired");
            }
        }

        var ofPackets = new[] { settings.LostFile, settings.ParquetFile }.OfType<string>().ToList();
        if (result.Reverse is not null && ofPackets.Count > 0)
        {
            error.WriteLine($"latlab analyze: {string.Join(" and ", ofPackets)}: the usual direction only, whose packets pass the capture before first");
        }
    }

    private static void Warn(AnalysisResult result, IReadOnlyList<string> lists, TextWriter error)
    {
        foreach (var capture in new[] { result.Before!, result.After! })
        {
            foreach (var problem in capture.Problems)
            {
                error.WriteLine($"latlab analyze: {capture.Name}: offset {problem.Offset}: {problem.Message}");
            }

            if (capture.ProblemCount > capture.Problems.Count)
            {
                error.WriteLine($"latlab analyze: {capture.Name}: and {capture.ProblemCount - capture.Problems.Count} problems more");
            }
        }

        if (result.Partial)
        {
            error.WriteLine("latlab analyze: interrupted: the result is of what was read until then"
                + (lists.Count > 0 ? $", and so {(lists.Count > 1 ? "are" : "is")} {string.Join(" and ", lists)}" : ""));
        }
    }
}

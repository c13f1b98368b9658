using System.CommandLine;
using Latlab.Cli.Results;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;
using Latlab.Reports;
using Latlab.Reports.Comparison;
using Latlab.Reports.Plots;

namespace Latlab.Cli.Commands;

/// <summary>How a comparison is printed.</summary>
internal enum ComparisonFormat
{
    Table,
    Markdown,
    Csv,
    Json,
}

/// <summary><c>latlab compare</c>: several results side by side.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var results = new Argument<string[]>("RESULT") { Description = "Results of analyze or import: files or their folders, two at least", Arity = new ArgumentArity(1, 32) };
        var percentiles = AnalyzeOptions.Percentiles();
        var format = new Option<ComparisonFormat>("--format") { Description = "How to print" };
        var plot = new Option<string?>("--plot")
        {
            Description = "Draw latency by percentile of all results into this file, as its name says: .svg or .png",
            HelpName = "FILE",
        };
        plot.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && FormatOf(token.Value) is null)
            {
                result.AddError($"--plot: \"{token.Value}\" is neither SVG nor PNG; end the name in .svg or .png");
            }
        });
        var force = new Option<bool>("--force") { Description = "Compare even what should not be compared" };
        var reverse = new Option<bool>("--reverse") { Description = "Compare the other direction of the results: packets that pass the capture after first" };
        var command = new Command(
            "compare",
            "Several results side by side, with differences to the first and their bounds; a verdict only where 95 % confidence intervals separate. Latencies in nanoseconds. "
                + "Exit codes: 0 done, 1 refused, 2 usage")
        {
            results, percentiles, format, plot, reverse, force,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(results) is [var alone])
            {
                result.AddError($"two results are needed, and {alone} is one; name what to compare it with, too");
            }
        });
        command.SetAction(result => Failures.Report("compare", () =>
        {
            var console = result.InvocationConfiguration;
            var paths = result.GetRequiredValue(results);
            Files.RefuseOverwriting([.. paths.Select(ResultFiles.FileOf)], ("--plot", result.GetValue(plot)));
            var compared = Read(paths, result.GetValue(reverse));
            var comparison = ResultComparison.Of(compared, result.GetValue(percentiles) ?? Percentile.Usual);
            foreach (var obstacle in comparison.Obstacles)
            {
                console.Error.WriteLine($"latlab compare: {obstacle}");
            }

            if (comparison.Obstacles.Count > 0 && !result.GetValue(force))
            {
                console.Error.WriteLine("latlab compare: refused; --force compares all the same");
                return Outcome.Failed;
            }

            if (comparison.Warning is { } warning)
            {
                console.Error.WriteLine($"latlab compare: {warning}");
            }

            Print(result.GetValue(format), comparison, console.Output);
            if (result.GetValue(plot) is { } file)
            {
                FigureFiles.WritePercentiles(file, compared, FormatOf(file)!.Value);
                console.Error.WriteLine($"wrote {file}");
            }

            return Outcome.Done;
        }));
        return command;
    }

    /// <exception cref="CommandFailedException">The other direction is wanted, and one has none.</exception>
    private static IReadOnlyList<AnalysisResult> Read(string[] paths, bool isReverse)
    {
        var results = ResultFiles.ReadAll(paths);
        return !isReverse ? results : [.. results.Zip(paths, (result, path) => ResultDirections.ReverseOf(result) ?? throw new CommandFailedException(
            $"{path} has no reverse: no packets that go the other way were found in its captures, or it is a reverse itself; leave --reverse out, or name results of both directions"))];
    }

    private static FigureFormat? FormatOf(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".SVG" => FigureFormat.Svg,
        ".PNG" => FigureFormat.Png,
        _ => null,
    };

    private static void Print(ComparisonFormat format, ResultComparison comparison, TextWriter output)
    {
        switch (format)
        {
            case ComparisonFormat.Csv:
                ComparisonText.WriteCsv(output, comparison);
                break;
            case ComparisonFormat.Json:
                output.WriteLine(ComparisonJson.Of(comparison));
                break;
            case ComparisonFormat.Markdown:
                ComparisonText.WriteMarkdown(output, ComparisonText.Rows(comparison));
                break;
            default:
                ComparisonText.WriteAligned(output, ComparisonText.Rows(comparison));
                break;
        }
    }
}

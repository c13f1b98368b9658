using System.CommandLine;
using Latlab.Reports;
using Latlab.Reports.Html;
using Latlab.Reports.Plots;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab report</c>: results as a page for people, and as plots for papers.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var results = new Argument<string[]>("RESULT")
        {
            Description = "Result that \"latlab analyze\" or \"latlab import\" wrote: its JSON file, or the folder with it. Several are drawn over each other, and so are both directions of one",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--output", "-o") { Description = "Write a page that needs no network to this file", HelpName = "FILE.html" };
        var plots = new Option<string?>("--plots") { Description = "Write each plot into this folder, as wide as a column of a paper", HelpName = "DIR" };
        var format = new Option<FigureFormat>("--plot-format")
        {
            Description = "What plots are written as: svg or png",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => FigureFormat.Svg,
        };
        var command = new Command("report", "Make a page of one or several results, and plots for papers") { results, output, plots, format };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(output) is null && parsed.GetResult(plots) is null)
            {
                parsed.AddError("nothing to write: give -o FILE.html, --plots DIR, or both");
            }
        });
        command.SetAction(parsed => Failures.Report("report", () => Run(
            parsed.GetRequiredValue(results),
            parsed.GetValue(output),
            parsed.GetValue(plots),
            parsed.GetValue(format),
            parsed.InvocationConfiguration.Error)));
        return command;
    }

    private static int Run(string[] paths, string? output, string? plots, FigureFormat format, TextWriter error)
    {
        Files.RefuseOverwriting([.. paths.Select(ResultFiles.FileOf)], ("-o", output));
        var results = ResultDirections.Apart(ResultFiles.ReadAll(paths));
        if (output is not null)
        {
            HtmlReport.Write(output, results);
            error.WriteLine($"wrote {output}");
        }

        if (plots is not null)
        {
            foreach (var file in FigureFiles.Write(plots, results, format))
            {
                error.WriteLine($"wrote {file}");
            }
        }

        return Outcome.Done;
    }
}

using System.CommandLine;
using Latlab.Cli.Terminal;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Reports;
using Latlab.Reports.Importing;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab import</c>: others' results as results of latlab.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from") { Description = "Whose: tum-csv, the CSV files of the TUM evaluator", HelpName = "tum-csv", Required = true };
        from.AcceptOnlyFromAmong("tum-csv");
        var folder = new Argument<string>("DIR") { Description = "Folder with the files" };
        var output = new Option<string>("-o", "--output") { Description = "Folder for the results, one folder each", HelpName = "DIR", Required = true };
        var timestamps = new Option<TimestampSource>("--timestamps") { Description = "Where the stamps were made, which the files do not say" };
        var environment = AnalyzeOptions.Environment();
        var command = new Command("import", "Read others' results, for report, compare and export. What they do not have stays absent") { from, folder, output, timestamps, environment };
        command.SetAction(result => Failures.Report("import", () =>
        {
            var (read, all) = (0, 0);
            var progress = new ProgressBar("reading", () => new ProgressState($"{read} of {all} measurements", (double)read / all));
            foreach (var imported in progress.Show(update => TumCsvImporter.Import(result.GetRequiredValue(folder), (count, of) =>
            {
                (read, all) = (count, of);
                update?.Invoke();
            })))
            {
                var target = Path.Combine(result.GetRequiredValue(output), FolderName(imported.Name));
                Directory.CreateDirectory(target);
                var complete = imported with { Timestamps = result.GetValue(timestamps), Environment = result.GetRequiredValue(environment) };
                AtomicFile.Write(Path.Combine(target, ResultFiles.FileName), stream => AnalysisResultFile.Write(stream, complete));
                result.InvocationConfiguration.Output.WriteLine(target);
            }

            return Outcome.Done;
        }));
        return command;
    }

    private static string FolderName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
}

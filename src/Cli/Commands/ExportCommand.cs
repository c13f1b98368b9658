using System.CommandLine;
using Latlab.Reports;
using Latlab.Reports.Exports;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab export</c>: results for other programs.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("RESULT") { Description = "Result of analyze or import: a file or its folder" };
        var to = new Option<string>("--to")
        {
            Description = "tum-csv: the TUM evaluator's files; hgrm: HdrHistogram's percentile text; hlog: its log; parquet: the histogram (every packet: analyze --parquet); "
                + "pgfplots: tables and a LaTeX document",
            HelpName = "FORMAT",
            Required = true,
        };
        to.AcceptOnlyFromAmong("tum-csv", "hgrm", "hlog", "parquet", "pgfplots");
        var output = new Option<string>("-o", "--output") { Description = "Where to write: a folder for tum-csv and pgfplots, else a file", HelpName = "PATH", Required = true };
        var command = new Command("export", "Write a result for other programs") { file, to, output };
        command.SetAction(result => Failures.Report("export", () =>
        {
            var input = ResultFiles.FileOf(result.GetRequiredValue(file));
            Files.RefuseOverwriting([input], ("-o", result.GetRequiredValue(output)));
            var exported = ResultFiles.Read(result.GetRequiredValue(file));
            var path = result.GetRequiredValue(output);
            switch (result.GetRequiredValue(to))
            {
                case "tum-csv":
                    TumCsvExporter.Export(exported, path, "latlab");
                    break;
                case "hgrm":
                    HgrmExporter.Export(exported, path);
                    break;
                case "hlog":
                    HdrLogExporter.Export(exported, path);
                    break;
                case "parquet":
                    HistogramParquet.ExportAsync(exported, path).GetAwaiter().GetResult();
                    break;
                default:
                    PgfplotsExporter.Export(exported, path);
                    break;
            }

            return Outcome.Done;
        }));
        return command;
    }
}

using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Reports;

namespace Latlab.Cli.Analysis;

/// <summary>Writes a result and its tables into a folder, all of them or none. Tables that only an earlier result had go.</summary>
internal static class ResultFolder
{
    private static readonly string[] Names =
        ["histogram.csv", "worst.csv", "timeseries.csv", "flows.csv", "flows-series.csv", ResultFiles.FileName];

    /// <summary>What may be written; nothing where no folder is wanted.</summary>
    public static IEnumerable<string> Files(string? folder) => folder is null
        ? []
        : Names.SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, "reverse", name) });

    public static void Write(string folder, AnalysisResult result)
    {
        using var files = new AtomicFiles();
        var old = Write(files, folder, result);
        files.Complete();
        old.ForEach(File.Delete);
    }

    /// <summary>Writes what the result has, and gives the paths of what it has not.</summary>
    private static List<string> Write(AtomicFiles files, string folder, AnalysisResult result)
    {
        Directory.CreateDirectory(folder);
        List<string> old = [];
        WriteTable("histogram.csv", result.HistogramNs, ResultTables.WriteHistogram);
        WriteTable("worst.csv", result.Worst.Count == 0 ? null : result, ResultTables.WriteWorst);
        WriteTable("timeseries.csv", result.TimeSeries, ResultTables.WriteTimeSeries);
        WriteTable("flows.csv", result.Flows.Count == 0 ? null : result.Flows, ResultTables.WriteFlows);
        WriteTable("flows-series.csv", result.Flows.Count == 0 ? null : result.Flows, ResultTables.WriteFlowSeries);
        if (result.Reverse is { } reverse)
        {
            old.AddRange(Write(files, Path.Combine(folder, "reverse"), reverse));
        }

        // Last: where it is, all of it is.
        files.Write(Path.Combine(folder, ResultFiles.FileName), stream => AnalysisResultFile.Write(stream, result));
        return old;

        void WriteTable<T>(string name, T? part, Action<TextWriter, T> write)
            where T : class
        {
            var path = Path.Combine(folder, name);
            if (part is null)
            {
                old.Add(path);
                return;
            }

            files.Write(path, stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                write(writer, part);
            });
        }
    }
}

using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Reports;

namespace Latlab.Cli.Analysis;

/// <summary>Writes a result and its tables into a folder, each file whole or not at all.</summary>
internal static class ResultFolder
{
    public static void Write(string folder, AnalysisResult result)
    {
        Directory.CreateDirectory(folder);
        WriteTable("histogram.csv", result.HistogramNs, ResultTables.WriteHistogram);
        WriteTable("worst.csv", result.Worst.Count == 0 ? null : result.Worst, ResultTables.WriteWorst);
        WriteTable("timeseries.csv", result.TimeSeries, ResultTables.WriteTimeSeries);
        if (result.Reverse is { } reverse)
        {
            Write(Path.Combine(folder, "reverse"), reverse);
        }

        // Last: where it is, all of it is.
        AtomicFile.Write(Path.Combine(folder, ResultFiles.FileName), stream => AnalysisResultFile.Write(stream, result));

        void WriteTable<T>(string name, T? part, Action<TextWriter, T> write)
            where T : class
        {
            if (part is null)
            {
                return;
            }

            AtomicFile.Write(Path.Combine(folder, name), stream =>
            {
                using var writer = new StreamWriter(stream, leaveOpen: true);
                write(writer, part);
            });
        }
    }
}

using System.Text.RegularExpressions;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Importing;

/// <summary>
/// Reads the CSV files that the TUM evaluator makes of a measurement (gallenmu/latency-limbo; data published in
/// WiednerF/containerized-low-latency) as results. What is not in them stays null.
/// </summary>
public static partial class TumCsvImporter
{
    private const long BucketNs = 100;
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Reads all measurements in a folder, one for each prefix of file names, e.g. <c>rate10000-repeat0</c>.</summary>
    /// <exception cref="InvalidDataException">There is none, or one is damaged; the message names the file, the line and the
    /// remedy.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<AnalysisResult> Import(string folder)
    {
        var measurements = Directory.EnumerateFiles(folder)
            .Select(path => (Path: path, Match: FileName().Match(Path.GetFileName(path))))
            .Where(file => file.Match.Success)
            .GroupBy(file => file.Match.Groups["prefix"].Value, file => (Kind: file.Match.Groups["kind"].Value, file.Path))
            .OrderBy(measurement => measurement.Key, StringComparer.Ordinal)
            .ToList();
        if (measurements.Count == 0)
        {
            throw new InvalidDataException(
                $"{folder}: no file of the TUM evaluator (…percentiles.csv, …hist.csv, …stats.csv, perhaps with .zst); give the folder that holds them");
        }

        return [.. measurements.Select(measurement => Import(folder, measurement.Key, measurement.ToDictionary(file => file.Kind, file => file.Path)))];
    }

    [GeneratedRegex(@"^(?<prefix>.*?)[.\-_]?(?<kind>hist|percentiles|stats|packetratepre|packetratepost|worst)\.csv(\.zst)?$")]
    private static partial Regex FileName();

    private static AnalysisResult Import(string folder, string prefix, Dictionary<string, string> files)
    {
        var histogram = files.TryGetValue("hist", out var path) ? Histogram(path) : null;
        var (pre, post) = files.TryGetValue("stats", out path) ? Stats(path) : (0L, 0L);
        var worst = files.TryGetValue("worst", out path) ? Worst(path) : [];
        var matched = histogram?.Counts.Sum() ?? 0;
        var latency = files.TryGetValue("percentiles", out path) ? Percentiles(path, matched, histogram) : null;
        return new AnalysisResult
        {
            MadeBy = "TUM evaluator",
            Name = $"{Path.GetFileName(Path.GetFullPath(folder))} {prefix}".Trim(),
            Counters = new Counters { Before = pre, After = post, Matched = matched, Lost = Math.Max(0, pre - post) },
            LatencyNs = latency,
            Loss = pre == 0 ? null : new LossStatistics { Ratio = (double)Math.Max(0, pre - post) / pre },
            Worst = worst,
            TimeSeries = files.TryGetValue("packetratepre", out var ratePre) && files.TryGetValue("packetratepost", out var ratePost)
                ? Rates(ratePre, ratePost)
                : null,
            HistogramNs = histogram,
            Notes = ["imported: loss is the difference of both captures' packets, as the evaluator counts it; copies hide loss"],
        };
    }

    private static HistogramData Histogram(string path)
    {
        var table = new CsvTable(path, "latency_bucket", "count");
        var rows = Enumerable.Range(0, table.Count).Select(row => (Value: table.Long(row, 0), Count: table.Long(row, 1))).OrderBy(row => row.Value).ToList();
        return new HistogramData([.. rows.Select(row => row.Value)], [.. rows.Select(row => row.Count)], BucketNs);
    }

    private static (long Pre, long Post) Stats(string path)
    {
        var table = new CsvTable(path, "pre_received_trimmed", "post_received_trimmed");
        return table.Count > 0
            ? (table.Long(0, 0), table.Long(0, 1))
            : throw new InvalidDataException($"{path}: line 2: no counts; was the evaluation interrupted?");
    }

    private static LatencyStatistics? Percentiles(string path, long count, HistogramData? histogram)
    {
        var table = new CsvTable(path, "percentile", "value");
        if (table.Count == 0)
        {
            return null;
        }

        var sample = histogram is null ? null : new HistogramSample(histogram);
        var percentiles = Enumerable.Range(0, table.Count).Select(row =>
        {
            var share = table.Double(row, 0);
            var value = table.Long(row, 1);
            return sample is null ? new PercentileValue(share * 100, value, null, null, null) : sample.Bound(share, value);
        }).ToList();
        return new LatencyStatistics
        {
            Count = count,
            Min = percentiles[0].Value!.Value,
            Max = percentiles[^1].Value!.Value,
            Percentiles = percentiles,
        };
    }

    private static List<WorstPacket> Worst(string path)
    {
        var table = new CsvTable(path, "latency", "prets", "postts");
        return [.. Enumerable.Range(0, table.Count)
            .Select(row => new WorstPacket(table.Long(row, 0), table.Long(row, 1), table.Long(row, 2), 0))
            .OrderByDescending(packet => packet.LatencyNs)];
    }

    private static TimeSeries? Rates(string prePath, string postPath)
    {
        var (pre, post) = (new CsvTable(prePath, "ts", "count"), new CsvTable(postPath, "ts", "count"));
        return pre.Count == 0
            ? null
            : new TimeSeries
            {
                IntervalNs = NsPerSecond,
                StartNs = pre.Long(0, 0),
                Sent = [.. Enumerable.Range(0, pre.Count).Select(row => pre.Long(row, 1))],
                Arrived = [.. Enumerable.Range(0, Math.Min(pre.Count, post.Count)).Select(row => post.Long(row, 1))],
            };
    }
}

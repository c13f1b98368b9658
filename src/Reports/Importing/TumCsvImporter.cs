using System.Globalization;
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
    private const int MostIntervals = 1 << 20;

    /// <summary>Reads all measurements in a folder, one for each prefix of file names, e.g. <c>rate10000-repeat0</c>.</summary>
    /// <exception cref="InvalidDataException">There is none, or one is damaged; the message names the file, the line and the
    /// remedy.</exception>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Called after each measurement with how many of how many are read.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static IReadOnlyList<AnalysisResult> Import(string folder, Action<int, int>? progress = null)
    {
        var measurements = Directory.EnumerateFiles(folder)
            .Select(path => (Path: path, Match: FileName().Match(Path.GetFileName(path))))
            .Where(file => file.Match.Success)
            .GroupBy(
                file => OfOneKind().Replace(file.Match.Groups["prefix"].Value, ""),
                file => (Kind: file.Match.Groups["kind"].Value, file.Path))
            .OrderBy(measurement => measurement.Key, StringComparer.Ordinal)
            .ToList();
        if (measurements.Count == 0)
        {
            throw new InvalidDataException(
                $"{folder}: no file of the TUM evaluator (…percentiles.csv, …hist.csv, …stats.csv, perhaps with .zst); give the folder that holds them");
        }

        var results = new List<AnalysisResult>();
        foreach (var measurement in measurements)
        {
            results.Add(Import(folder, measurement.Key, FilesOf(measurement)));
            progress?.Invoke(results.Count, measurements.Count);
        }

        return results;
    }

    [GeneratedRegex(
        @"^(?<prefix>.*?)[.\-_]?(?<kind>hist|percentiles|stats|packetrate(pre|post)|worst|transferrate|jitter(pre|post))\.csv(\.zst)?$")]
    private static partial Regex FileName();

    /// <summary>What the evaluator puts into the names of some files of a measurement and not of the others.</summary>
    [GeneratedRegex(@"\.(bucket_size|num_worst)[0-9]+")]
    private static partial Regex OfOneKind();

    [GeneratedRegex(@"\.bucket_size(?<ns>[1-9][0-9]{0,9})[.\-_]")]
    private static partial Regex BucketSize();

    private static Dictionary<string, string> FilesOf(IEnumerable<(string Kind, string Path)> measurement)
    {
        var files = new Dictionary<string, string>();
        foreach (var (kind, path) in measurement.OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            if (!files.TryAdd(kind, path))
            {
                throw new InvalidDataException($"{path}: {files[kind]} says the same of the same measurement; take one of them away");
            }
        }

        return files;
    }

    private static AnalysisResult Import(string folder, string prefix, Dictionary<string, string> files)
    {
        var histogram = files.TryGetValue("hist", out var path) ? Histogram(path) : null;
        var (pre, post) = files.TryGetValue("stats", out path) ? Received(path, "pre_received_trimmed", "post_received_trimmed")
            : files.TryGetValue("transferrate", out path) ? Received(path, "pre_received", "post_received")
            : (0, 0);
        var gapsBefore = files.TryGetValue("jitterpre", out path) ? Histogram(path, "bucket") : null;
        var gapsAfter = files.TryGetValue("jitterpost", out path) ? Histogram(path, "bucket") : null;
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
            Variation = gapsBefore is null && gapsAfter is null
                ? null
                : new VariationStatistics { GapHistogramBefore = gapsBefore, GapHistogramAfter = gapsAfter },
            Worst = worst,
            TimeSeries = files.TryGetValue("packetratepre", out var ratePre) && files.TryGetValue("packetratepost", out var ratePost)
                ? Rates(ratePre, ratePost)
                : null,
            HistogramNs = histogram,
            Notes = ["imported: loss is the difference of both captures' packets, as the evaluator counts it; copies hide loss"],
        };
    }

    private static HistogramData Histogram(string path, string bucket = "latency_bucket")
    {
        var table = new CsvTable(path, bucket, "count");
        var rows = Enumerable.Range(0, table.Count).Select(row => (Value: table.Long(row, 0), Count: table.Long(row, 1))).OrderBy(row => row.Value).ToList();
        return new HistogramData([.. rows.Select(row => row.Value)], [.. rows.Select(row => row.Count)], BucketNsOf(path));
    }

    /// <summary>As the file's name says; else what the evaluator takes unless it is told otherwise.</summary>
    private static long BucketNsOf(string path) =>
        BucketSize().Match(Path.GetFileName(path)) is { Success: true } named
            ? long.Parse(named.Groups["ns"].Value, CultureInfo.InvariantCulture)
            : BucketNs;

    /// <summary>Packets of both captures, without the warm-up.</summary>
    private static (long Pre, long Post) Received(string path, string pre, string post)
    {
        var table = new CsvTable(path, pre, post);
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
        var (pre, post) = (Rows(prePath), Rows(postPath));
        if (pre.Count == 0)
        {
            return null;
        }

        // The evaluator's bins are of a second. What another program wrote is told by its stamps; bins without a packet may be left out.
        var intervalNs = pre.Zip(pre.Skip(1), (first, second) => second.StartNs - first.StartNs).Where(step => step > 0).DefaultIfEmpty(NsPerSecond).Min();
        var startNs = pre[0].StartNs;
        // Each file's bins start with its own first packet.
        var (sent, arrived) = (ByInterval(prePath, pre), ByInterval(postPath, post));
        var length = Math.Max(sent.Length, arrived.Length);
        Array.Resize(ref sent, length);
        Array.Resize(ref arrived, length);
        return new TimeSeries { IntervalNs = intervalNs, StartNs = startNs, Sent = sent, Arrived = arrived };

        long[] ByInterval(string path, List<(long StartNs, long Count)> rows)
        {
            var indices = rows.ConvertAll(row => Math.Max(0, (row.StartNs - startNs + (intervalNs / 2)) / intervalNs));
            if (indices.Exists(index => index >= MostIntervals))
            {
                throw new InvalidDataException($"{path}: line {indices.FindIndex(index => index >= MostIntervals) + 2}: more than {MostIntervals} intervals of {intervalNs} ns after the first; are the stamps nanoseconds?");
            }

            var counts = new long[rows.Count == 0 ? 0 : indices.Max() + 1];
            foreach (var (index, row) in indices.Zip(rows))
            {
                counts[index] += row.Count;
            }

            return counts;
        }
    }

    private static List<(long StartNs, long Count)> Rows(string path)
    {
        var table = new CsvTable(path, "ts", "count");
        return [.. Enumerable.Range(0, table.Count).Select(row => (table.Long(row, 0), table.Long(row, 1)))];
    }
}

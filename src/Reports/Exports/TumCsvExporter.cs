using System.Globalization;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Exports;

/// <summary>
/// Writes a result as the files that the TUM evaluator makes, with its names and columns, so that both can be laid over each other.
/// </summary>
public static class TumCsvExporter
{
    private const long BucketNs = 100;
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>Writes into a folder. Frame bytes are not kept by latlab: column <c>encode</c> is empty.</summary>
    /// <param name="result">What to write; needs a histogram.</param>
    /// <param name="folder">Where.</param>
    /// <param name="prefix">Start of the files' names.</param>
    /// <exception cref="InvalidDataException">The result has no histogram.</exception>
    public static void Export(AnalysisResult result, string folder, string prefix)
    {
        var histogram = result.HistogramNs ?? throw new InvalidDataException($"{result.Name}: it has no histogram, so nothing to export");
        Directory.CreateDirectory(folder);
        using var files = new AtomicFiles();
        var sample = new HistogramSample(histogram);
        Write("hist", "latency_bucket,count", Buckets(histogram).Select(bucket => Line($"{bucket.Value},{bucket.Count}")));
        Write("percentiles", "percentile,value,onefraconeminuspercentile", Grid().Select(x =>
        {
            // A double has no digits beyond: 0.05, and not 0.04999999999999993.
            var share = Math.Round(1 - (1 / x), 15);
            var rank = Math.Clamp((long)Math.Ceiling(share * sample.Count), 1, sample.Count);
            return Line($"{share:R},{sample.AtRank(rank)},{x:0.################}");
        }));
        var counters = result.Counters;
        var (before, after) = (counters.Before - counters.WarmUpBefore, counters.After - counters.WarmUpAfter);
        Write("stats", "pre_received,post_received,pre_received_trimmed,post_received_trimmed", [Line($"{counters.Before},{counters.After},{before},{after}")]);
        Write("worst", "latency,prets,postts,encode", result.Worst.Select(packet => Line($"{packet.LatencyNs},{packet.SentNs},{packet.ArrivedNs},")));
        if (result.TimeSeries is { } series)
        {
            Write("packetratepre", "ts,count", Rates(series, series.Sent).Select(bin => Line($"{bin.StartNs},{bin.Count}")));
            Write("packetratepost", "ts,count", Rates(series, series.Arrived).Select(bin => Line($"{bin.StartNs},{bin.Count}")));
        }

        Write(
            "transferrate",
            "pre_received,post_received,transferrate,pre_pkts_per_second,post_pkts_per_second",
            [TransferRate(before, after, result.TimeSeries)]);
        WriteGaps("jitterpre", result.Variation?.GapHistogramBefore);
        WriteGaps("jitterpost", result.Variation?.GapHistogramAfter);

        files.Complete();

        void Write(string kind, string header, IEnumerable<string> lines) =>
            TextFiles.Write(files, Path.Combine(folder, $"{prefix}.{kind}.csv"), lines.Prepend(header));

        void WriteGaps(string kind, HistogramData? gaps)
        {
            if (gaps is not null)
            {
                Write(kind, "bucket,count", Buckets(gaps).Select(bucket => Line($"{bucket.Value},{bucket.Count}")));
            }
        }
    }

    /// <summary>1 / (1 - percentile) of the evaluator's points: thirty a decade, up to nine nines.</summary>
    internal static IEnumerable<double> Grid()
    {
        for (var decade = 1.0; decade < 1e9; decade *= 10)
        {
            for (var step = 0; step < 30; step++)
            {
                yield return decade * (1 + (0.3 * step));
                if (decade == 1 && (step == 0 || step == 3))
                {
                    // The fifth percentile and the median.
                    yield return step == 0 ? 1 / 0.95 : 2;
                }
            }
        }
    }

    /// <summary>In the evaluator's bins of a second, or as near to it as whole intervals come.</summary>
    private static IEnumerable<(long StartNs, long Count)> Rates(TimeSeries series, IReadOnlyList<long> counts)
    {
        var together = (int)Math.Max(1, NsPerSecond / series.IntervalNs);
        return counts.Chunk(together).Select((bin, i) => (series.StartNs + (i * together * series.IntervalNs), bin.Sum()));
    }

    /// <summary>
    /// Packets received, their ratio, and the mean of the packets of a second over the seconds that have any, with the decimals that the
    /// evaluator's database gives them. What the result does not tell is empty.
    /// </summary>
    private static string TransferRate(long before, long after, TimeSeries? series)
    {
        var ratio = before == 0 ? null : Line($"{(decimal)after / before:0.00000000000000000000}");
        return Line($"{before},{after},{ratio},{PerSecond(before, series?.Sent)},{PerSecond(after, series?.Arrived)}");

        string? PerSecond(long packets, IReadOnlyList<long>? counts)
        {
            var seconds = counts is null || NsPerSecond % series!.IntervalNs != 0 ? 0 : Rates(series, counts).Count(bin => bin.Count > 0);
            return seconds == 0 ? null : Line($"{(decimal)packets / seconds:0.0000000000000000}");
        }
    }

    private static IEnumerable<(long Value, long Count)> Buckets(HistogramData histogram) =>
        histogram.Values.Zip(histogram.Counts)
            .GroupBy(entry => entry.First / BucketNs * BucketNs)
            .Select(bucket => (bucket.Key, bucket.Sum(entry => entry.Second)));

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}

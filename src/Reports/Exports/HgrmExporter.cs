using System.Globalization;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Exports;

/// <summary>Writes a result as HdrHistogram's percentile text (.hgrm), which its plotters read. Values in nanoseconds.</summary>
public static class HgrmExporter
{
    /// <summary>Points at each halving of what is left.</summary>
    private const int TicksPerHalfDistance = 5;

    /// <summary>Writes a file.</summary>
    /// <exception cref="InvalidDataException">The result has no histogram.</exception>
    public static void Export(AnalysisResult result, string path)
    {
        var histogram = result.HistogramNs ?? throw new InvalidDataException($"{result.Name}: it has no histogram, so nothing to export");
        TextFiles.Write(path, Lines(result, histogram));
    }

    private static IEnumerable<string> Lines(AnalysisResult result, HistogramData histogram)
    {
        yield return "       Value     Percentile TotalCount 1/(1-Percentile)";
        yield return "";
        var sample = new HistogramSample(histogram);
        for (var share = 0.0; ;)
        {
            var rank = Math.Clamp((long)Math.Ceiling(share * sample.Count), 1, sample.Count);
            var value = sample.AtRank(rank);
            var reached = CountUpTo(histogram, value);
            if (reached == sample.Count)
            {
                yield return Line($"{value,12:0.000} {1.0,2:0.000000000000} {sample.Count,10}");
                break;
            }

            yield return Line($"{value,12:0.000} {share,2:0.000000000000} {reached,10} {1 / (1 - share),14:0.00}");
            var halvings = Math.Floor(Math.Log2(1 / (1 - share))) + 1;
            share += 1 / (TicksPerHalfDistance * Math.Pow(2, halvings));
        }

        yield return Line($"#[Mean    = {result.LatencyNs?.Mean ?? 0,12:0.000}, StdDeviation   = {result.LatencyNs?.StandardDeviation ?? 0,12:0.000}]");
        yield return Line($"#[Max     = {result.LatencyNs?.Max ?? 0,12:0.000}, Total count    = {sample.Count,12}]");
        yield return Line($"#[Buckets = {1,12}, SubBuckets     = {histogram.Values.Count,12}]");
    }

    private static long CountUpTo(HistogramData histogram, long value)
    {
        var count = 0L;
        for (var i = 0; i < histogram.Values.Count && histogram.Values[i] <= value; i++)
        {
            count += histogram.Counts[i];
        }

        return count;
    }

    private static string Line(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}

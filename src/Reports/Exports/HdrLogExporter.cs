using System.Text;
using HdrHistogram;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Exports;

/// <summary>
/// Writes a result as a log of HdrHistogram (format 1.3: compressed histograms in base 64) with one interval, all of the measurement.
/// Values in nanoseconds, which that histogram rounds by 1/100,000 at most.
/// </summary>
public static class HdrLogExporter
{
    /// <summary>The most that HdrHistogram knows.</summary>
    private const int SignificantDigits = 5;

    private const long NsPerMillisecond = 1_000_000;

    /// <summary>Writes a file.</summary>
    /// <exception cref="InvalidDataException">The result has no histogram.</exception>
    public static void Export(AnalysisResult result, string path)
    {
        var exact = result.HistogramNs ?? throw new InvalidDataException($"{result.Name}: it has no histogram, so nothing to export");
        // The lowest range that the library takes is 2.
        var histogram = new LongHistogram(Math.Max(2, exact.Values.DefaultIfEmpty(0).Max()), SignificantDigits);
        for (var i = 0; i < exact.Values.Count; i++)
        {
            histogram.RecordValueWithCount(exact.Values[i], exact.Counts[i]);
        }

        var startMs = (result.Before?.FirstNs ?? 0) / NsPerMillisecond;
        histogram.StartTimeStamp = startMs;
        histogram.EndTimeStamp = Math.Max(startMs, (result.Before?.LastNs ?? 0) / NsPerMillisecond);
        // The library writes UTF-16, which HdrHistogram's other implementations do not read.
        using var log = new MemoryStream();
        HistogramLogWriter.Write(log, DateTimeOffset.FromUnixTimeMilliseconds(startMs).UtcDateTime, histogram);
        var text = Encoding.Unicode.GetString(log.ToArray()).TrimStart('\uFEFF');
        AtomicFile.Write(path, stream => stream.Write(Encoding.ASCII.GetBytes(text)));
    }
}

using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Reports.Tests;

/// <summary>Small results for tests.</summary>
internal static class SmallResults
{
    /// <summary>A result of so many packets from <paramref name="lowest"/> ns on, a nanosecond apart.</summary>
    public static AnalysisResult Of(string name, long lowest, int count)
    {
        var latency = new LatencyCounts();
        for (var i = 0; i < count; i++)
        {
            latency.Add(lowest + i);
        }

        return new AnalysisResult
        {
            MadeBy = "test",
            Name = name,
            Counters = new Counters { Before = count, After = count, Matched = count, Lost = 0 },
            LatencyNs = new LatencyStatistics
            {
                Count = count,
                Min = latency.Min,
                Mean = latency.Mean,
                Max = latency.Max,
                Percentiles = PercentileValues.Of(latency, Percentile.Usual),
            },
            HistogramNs = latency.ToHistogram(),
        };
    }
}

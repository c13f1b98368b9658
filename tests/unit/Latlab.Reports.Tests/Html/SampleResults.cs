using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Reports.Tests.Html;

/// <summary>
/// Results as real ones are: the analysis of packets that a device forwarded with a fast and a slow path, stalls by a tick, loss, copies
/// and reordering. Always the same ones.
/// </summary>
internal static class SampleResults
{
    private const long StartNs = 1_800_000_000_000_000_000;
    private const int Flows = 4;

    /// <summary>A virtual machine on a 250 Hz kernel: 4 ms between stalls.</summary>
    public static AnalysisResult VirtualMachine { get; } = Analyse("vm", 1, fastNs: 6200, stallEveryNs: 4_000_000, longestStallNs: 90_000, loss: 2e-5) with
    {
        Timestamps = TimestampSource.Hardware,
        Environment = new Dictionary<string, string> { ["nic"] = "Intel E810", ["kernel"] = "6.1.0-rt", ["cpu"] = "AMD EPYC 7551P" },
    };

    /// <summary>The same on bare metal, without a tick.</summary>
    public static AnalysisResult BareMetal { get; } = Analyse("bare metal", 2, fastNs: 5100, stallEveryNs: 370_000_000, longestStallNs: 25_000, loss: 0) with
    {
        Timestamps = TimestampSource.Hardware,
        Environment = new Dictionary<string, string> { ["nic"] = "Intel E810", ["kernel"] = "6.1.0" },
    };

    /// <summary>What another program published: percentiles and a histogram in wide buckets, nothing over time.</summary>
    public static AnalysisResult Imported { get; } = new()
    {
        MadeBy = "TUM evaluator",
        Name = "published",
        Counters = new Counters { Before = 1000, After = 999, Matched = 999, Lost = 1 },
        LatencyNs = new LatencyStatistics
        {
            Count = 999,
            Min = 5000,
            Max = 9900,
            Percentiles = [.. Enumerable.Range(1, 99).Select(percent => new PercentileValue(percent, 5000 + (percent * 20), null, null, null))],
        },
        HistogramNs = new HistogramData([5000, 5100, 9900], [600, 398, 1], 100),
    };

    private static AnalysisResult Analyse(string name, int seed, long fastNs, long stallEveryNs, long longestStallNs, double loss)
    {
        const int packets = 600_000;
        const long gapNs = 2_000;
        var random = new Random(seed);
        var before = new List<PacketRecord>(packets);
        var after = new List<PacketRecord>(packets);
        var lostUntil = -1;
        var (stallEndNs, queueNs, nextStallNs) = (0L, 0L, StartNs + (stallEveryNs / 3));
        for (var number = 0; number < packets; number++)
        {
            var sentNs = StartNs + (number * gapNs) + random.Next(40);
            var record = PacketRecord.Numbered(sentNs, (ulong)number, (ushort)(number % Flows), 60);
            before.Add(record);
            if (sentNs >= nextStallNs)
            {
                stallEndNs = nextStallNs + (long)(longestStallNs * (0.4 + (0.6 * random.NextDouble())));
                nextStallNs += stallEveryNs;
            }

            if (random.NextDouble() < loss)
            {
                lostUntil = number + random.Next(1, 30);
            }

            if (number <= lostUntil)
            {
                continue;
            }

            var modeNs = random.NextDouble() < 0.7 ? fastNs : fastNs + 1_700;
            var pathNs = modeNs + (long)(Normal(random) * 120);
            // In order, unless it takes the way that overtakes; a packet needs 300 ns of the forwarder.
            var arrivalNs = random.NextDouble() < 2e-4 ? sentNs + pathNs + 5_000 : queueNs = Math.Max(Math.Max(sentNs, stallEndNs) + pathNs, queueNs + 300);
            after.Add(record with { TimeNs = arrivalNs });
            if (random.NextDouble() < 3e-5)
            {
                after.Add(record with { TimeNs = arrivalNs + 800 });
            }
        }

        after.Sort((one, other) => one.TimeNs.CompareTo(other.TimeNs));
        var capture = new CaptureFacts { Name = $"{name}-before.pcap", Format = "pcap", ResolutionNs = 1 };
        capture.Add(4_800_000, "a record of 70,000 bytes: skipped to the next that makes sense");
        var result = new PairAnalyzer(
            new MemoryRecords(capture, before),
            new MemoryRecords(new CaptureFacts { Name = $"{name}-after.pcap", Format = "pcap+zstd", ResolutionNs = 1, Drops = 0 }, after),
            new AnalysisOptions { IntervalNs = 10_000_000, Flows = Flows, Match = new MatchOptions(10_000_000), Worst = 2000 }).Run("latlab test");
        return result with { Name = name };
    }

    /// <summary>Box and Muller's way (1958).</summary>
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}

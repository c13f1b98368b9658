using System.Globalization;
using Latlab.Cli.Reports;
using Latlab.Crds.Runs;
using Latlab.Measurement.Statistics;

namespace Latlab.Cli.Metering;

/// <summary>Says in the API's terms what was metered.</summary>
internal static class MeterReports
{
    private const int MostFileProblemBytes = 1024;

    public static MeterReport From(MeterOutcome outcome) => new()
    {
        Results = Results(outcome),
        EndMarkerSeen = outcome.Announced is not null,
        ClockSteps = outcome.Packets.ClockStepsBefore + outcome.Packets.ClockStepsAfter + outcome.ClockSteps,
        Cpus = outcome.Cpus,
        ArtifactsError = outcome.FileProblems.Count == 0
            ? null
            : PodReportFile.Shorten(string.Join(". ", outcome.FileProblems), MostFileProblemBytes),
    };

    private static RunResults Results(MeterOutcome outcome)
    {
        var (packets, statistics) = (outcome.Packets.Counts, outcome.Statistics);
        // Stamps that cannot be right make the run invalid; until somebody has found out why, their packets have not arrived.
        var misstamped = packets.Negative + packets.Implausible;
        var lost = packets.Lost + misstamped;
        return new RunResults
        {
            Sent = statistics.Sent,
            DuplicatedBefore = packets.DuplicatedBefore + packets.Recurred,
            Received = packets.After,
            Matched = packets.Matched,
            Lost = lost,
            Undecided = packets.Undecided,
            Duplicated = packets.DuplicatedAfter,
            Reordered = statistics.Reordered,
            UnmatchedAfter = packets.UnmatchedAfter + packets.ArrivedBeforeStart,
            Negative = misstamped,
            CaptureDrops = new CaptureDrops { Ingress = outcome.Ingress.Missed, Egress = outcome.Egress.Missed },
            LatencyNs = statistics.Latency.Count == 0 ? null : Summary(statistics.Latency),
            LossPercent = LossPercent(lost, statistics.Sent),
            OfferedRate = OfferedRate(statistics),
        };
    }

    /// <summary>Up to six decimals. A loss is never written as 0: below that it is 0.000001.</summary>
    internal static string LossPercent(long lost, long sent)
    {
        if (lost == 0 || sent == 0)
        {
            return "0";
        }

        const decimal smallest = 0.000001m;
        var percent = Math.Max(smallest, Math.Round(100m * lost / sent, 6, MidpointRounding.AwayFromZero));
        return percent.ToString("0.######", CultureInfo.InvariantCulture);
    }

    private static LatencySummary Summary(LatencyCounts latency) => new()
    {
        Min = latency.Min,
        Mean = latency.Mean,
        P50 = latency.At(Percentile.P50),
        P90 = latency.At(Percentile.P90),
        P99 = latency.At(Percentile.P99),
        P999 = latency.At(Percentile.P999),
        P9999 = latency.At(Percentile.P9999),
        Max = latency.Max,
    };

    private static long OfferedRate(RunStatistics packets)
    {
        var lengthNs = packets.LastSentNs - packets.FirstSentNs ?? 0;
        return lengthNs <= 0 ? packets.Sent : (long)((((Int128)(packets.Sent - 1) * 1_000_000_000) + (lengthNs / 2)) / lengthNs);
    }
}

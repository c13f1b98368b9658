using System.Text.Json;
using Latlab.Crds.Runs;

namespace Latlab.Operator.Tests.Runs;

/// <summary>What containers leave when they end.</summary>
internal static class RunReports
{
    public static string Meter(
        long sent, long matched, long ingressDrops = 0, long negative = 0, bool endMarkerSeen = true, string cpus = "0", string? artifactsError = null) =>
        JsonSerializer.Serialize(
            new MeterReport
            {
                EndMarkerSeen = endMarkerSeen,
                Cpus = cpus,
                ArtifactsError = artifactsError,
                Results = new RunResults
                {
                    Sent = sent,
                    Received = matched + negative,
                    Matched = matched,
                    Lost = sent - matched,
                    Negative = negative,
                    CaptureDrops = new CaptureDrops { Ingress = ingressDrops },
                    LatencyNs = matched == 0 ? null : new LatencySummary { Min = 1, Mean = 2, P50 = 2, P90 = 3, P99 = 4, P999 = 5, P9999 = 6, Max = 7 },
                    LossPercent = "0",
                    OfferedRate = 100,
                },
            },
            PodReportJson.Default.MeterReport);

    public static string Generator(long sent, long notSent = 0, long sendErrors = 0, long offeredRate = 100, long maxLatenessNs = 0, long longestBurst = 1) =>
        JsonSerializer.Serialize(
            new GeneratorReport
            {
                Sent = sent,
                NotSent = notSent,
                SendErrors = sendErrors,
                OfferedRate = offeredRate,
                MaxLatenessNs = maxLatenessNs,
                LongestBurst = longestBurst,
                Cpus = "0",
            },
            PodReportJson.Default.GeneratorReport);

    public static string Forwarder(string cpus = "1", bool exclusive = true) => JsonSerializer.Serialize(
        new ForwarderReport { Cpus = cpus, Exclusive = exclusive, Command = "dpdk-testpmd …", DpdkVersion = "22.11" }, PodReportJson.Default.ForwarderReport);
}

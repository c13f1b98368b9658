using System.Globalization;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Metering;

/// <summary>What was metered, for people.</summary>
internal static class MeterTable
{
    public static void Write(TextWriter output, MeterReport report, MeterOutcome outcome)
    {
        var results = report.Results!;
        Row("end marker", outcome.Announced is { } announced ? $"seen, {announced} packets announced" : "not seen");
        Row("offered rate", $"{results.OfferedRate}/s");
        Row("sent", Number(results.Sent));
        Row("  matched", Number(results.Matched));
        Row("  lost", $"{results.Lost} ({results.LossPercent} %)");
        Row("  undecided", Number(results.Undecided));
        Row("received", Number(results.Received));
        Row("  duplicated", Number(results.Duplicated));
        Row("  unmatched", Number(results.UnmatchedAfter));
        Row("  negative", Number(results.Negative));
        Row("reordered", Number(results.Reordered));
        Row("duplicated before", Number(results.DuplicatedBefore));
        Row("captured", $"ingress {outcome.Ingress.Received}, egress {outcome.Egress.Received}, warm-up and markers included");
        Row("capture drops", $"ingress {results.CaptureDrops.Ingress}, egress {results.CaptureDrops.Egress}");
        Row("clock steps", Number(report.ClockSteps));
        if (results.LatencyNs is { } latency)
        {
            Row("latency", "ns, software timestamps");
            Row("  min", Number(latency.Min));
            Row("  mean", Number(latency.Mean));
            Row("  p50", Number(latency.P50));
            Row("  p90", Number(latency.P90));
            Row("  p99", Number(latency.P99));
            Row("  p99.9", Number(latency.P999));
            Row("  p99.99", Number(latency.P9999));
            Row("  max", Number(latency.Max));
        }

        foreach (var problem in outcome.FileProblems)
        {
            Row("capture file", problem);
        }

        void Row(string name, string value) => output.WriteLine($"{name,-18} {value}");
        string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }
}

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Latlab.Cli.Reports;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Tests.Reports;

/// <summary>A report longer than a termination message would be lost as a whole.</summary>
public sealed class PodReportSizeTests
{
    private const long Large = long.MinValue;

    /// <summary>Every second of 512 CPUs: no range in it.</summary>
    private static readonly string Cpus = string.Join(',', Enumerable.Range(0, 256).Select(number => number * 2));

    private static readonly string Error = PodReportFile.Shorten(new string('"', 100_000));

    [Fact]
    public void The_largest_numbers_of_a_meter_fit() => AssertFits(
        new MeterReport
        {
            Results = new RunResults
            {
                Generated = Large,
                NotSent = Large,
                SendErrors = Large,
                MaxLatenessNs = Large,
                LongestBurst = Large,
                Sent = Large,
                DuplicatedBefore = Large,
                Received = Large,
                Matched = Large,
                Lost = Large,
                Undecided = Large,
                Duplicated = Large,
                Reordered = Large,
                UnmatchedAfter = Large,
                Negative = Large,
                OfferedRate = Large,
                CaptureDrops = new CaptureDrops { Ingress = Large, Egress = Large },
                LossPercent = "99.999999",
                LatencyNs = new LatencySummary
                {
                    Min = Large,
                    Mean = Large,
                    P50 = Large,
                    P90 = Large,
                    P99 = Large,
                    P999 = Large,
                    P9999 = Large,
                    Max = Large,
                },
            },
            ClockSteps = Large,
            Cpus = Cpus,
            ArtifactsError = PodReportFile.Shorten(new string('"', 100_000), 1024),
        },
        PodReportJson.Default.MeterReport);

    [Fact]
    public void The_largest_numbers_of_a_generator_fit() => AssertFits(
        new GeneratorReport
        {
            Sent = Large,
            SendErrors = Large,
            NotSent = Large,
            MaxLatenessNs = Large,
            LongestBurst = Large,
            OfferedRate = Large,
            Cpus = Cpus,
        },
        PodReportJson.Default.GeneratorReport);

    [Fact]
    public void An_error_of_any_length_fits()
    {
        AssertFits(new MeterReport { Error = Error, Cpus = Cpus, ClockSteps = Large }, PodReportJson.Default.MeterReport);
        AssertFits(new GeneratorReport { Error = Error, Cpus = Cpus }, PodReportJson.Default.GeneratorReport);
        AssertFits(new ForwarderReport { Error = Error, Cpus = Cpus }, PodReportJson.Default.ForwarderReport);
    }

    private static void AssertFits<T>(T report, JsonTypeInfo<T> type) =>
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(report, type).Length, 1, PodReportFile.MostBytes);
}

using Latlab.Crds.Runs;
using SharpPcap;
using SharpPcap.LibPcap;

namespace Latlab.Cli.Tests.Live;

[Collection(nameof(MeterLiveTests))]
[CollectionDefinition(nameof(MeterLiveTests), DisableParallelization = true)]
public sealed class MeterLiveTests : IDisposable
{
    private const string Ready = "http://127.0.0.1:9475/readyz";
    private readonly NetworkNamespace _network = new();

    [Fact]
    public async Task Nothing_is_lost_on_a_wire_at_10_kpkts_and_every_count_is_exact()
    {
        using var meter = LiveRun.StartMeter(_network, "w1a", "w1b");
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var generator = LiveRun.StartGenerator(_network, 10_000, "2s", "--flows", "3");
        var sent = await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var report = await meter.SucceedAsync(PodReportJson.Default.MeterReport);

        Assert.Equal((20_000, 0), (sent.Sent, sent.SendErrors));
        var results = report.Results!;
        Assert.Equal((20_000, 20_000, 20_000, 0, 0), (results.Sent, results.Received, results.Matched, results.Lost, results.Undecided));
        Assert.Equal((0, 0, 0, 0),
            (results.Duplicated, results.UnmatchedAfter, results.Negative, results.CaptureDrops.Ingress + results.CaptureDrops.Egress));
        Assert.True(report.EndMarkerSeen);
        Assert.Equal(0, report.ClockSteps);
        Assert.Equal("0", results.LossPercent);
        var latency = results.LatencyNs!;
        Assert.True(0 < latency.Min && latency.Min <= latency.P50 && latency.P50 <= latency.P99 && latency.P99 <= latency.P9999
            && latency.P9999 <= latency.Max);
    }

    [Fact]
    public async Task Captures_are_kept_whole_with_nanoseconds()
    {
        var directory = Directory.CreateTempSubdirectory("latlab-live-").FullName;
        try
        {
            using var meter = LiveRun.StartMeter(_network, "w1a", "w1b", "--pcap", directory);
            await LiveRun.UntilReadyAsync(_network, Ready);
            using var generator = LiveRun.StartGenerator(_network, 1_000, "500ms", "--frame-size", "1518");
            await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
            await meter.SucceedAsync(PodReportJson.Default.MeterReport);
            foreach (var name in new[] { "ingress.pcap", "egress.pcap" })
            {
                using var file = new CaptureFileReaderDevice(Path.Combine(directory, name));
                file.Open(new DeviceConfiguration { TimestampResolution = TimestampResolution.Nanosecond });
                var frames = 0;
                var belowMicrosecond = 0;
                while (file.GetNextPacket(out var packet) == GetPacketStatus.PacketRead)
                {
                    Assert.Equal(1514, packet.Data.Length);
                    belowMicrosecond += packet.Header.Timeval.Value * 1_000_000 % 1 == 0 ? 0 : 1;
                    frames++;
                }

                // 200 of the warm-up, 500 of the window, and at least one end marker.
                Assert.InRange(frames, 701, 710);
                Assert.True(belowMicrosecond > frames / 2);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Another_runs_packets_do_not_count_and_without_an_end_marker_the_deadline_ends_it()
    {
        using var meter = _network.Start(
            "meter", "--ingress", "w1a", "--egress", "w1b", "--run-id", "00000001", "--deadline", "10s", "--report", "REPORT");
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var generator = LiveRun.StartGenerator(_network, 1_000, "200ms");
        await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var report = await meter.SucceedAsync(PodReportJson.Default.MeterReport);
        Assert.False(report.EndMarkerSeen);
        Assert.Equal((0, 0), (report.Results!.Sent, report.Results.Received));
        Assert.Null(report.Results.LatencyNs);
    }

    [Fact]
    public async Task Packets_that_never_reach_the_egress_tap_are_lost()
    {
        using var meter = LiveRun.StartMeter(_network, "w1a", "w2b");
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var generator = LiveRun.StartGenerator(_network, 1_000, "200ms");
        await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var results = (await meter.SucceedAsync(PodReportJson.Default.MeterReport)).Results!;
        Assert.Equal((200, 0, 200, 0), (results.Sent, results.Received, results.Lost, results.Undecided));
        Assert.Equal("100", results.LossPercent);
    }

    [Fact]
    public async Task Told_to_stop_both_end_with_what_there_is()
    {
        using var meter = LiveRun.StartMeter(_network, "w1a", "w1b");
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var generator = LiveRun.StartGenerator(_network, 1_000, "1h");
        // More than the kernel sends on its own.
        await LiveRun.UntilAsync(() => generator.PacketsSentOn("w1a") > 100);
        generator.Terminate();
        var sent = await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var report = await meter.SucceedAsync(PodReportJson.Default.MeterReport);
        Assert.True(report.EndMarkerSeen);
        Assert.Equal(sent.Sent, report.Results!.Sent);

        using var second = LiveRun.StartMeter(_network, "w1a", "w1b");
        await LiveRun.UntilReadyAsync(_network, Ready);
        second.Terminate();
        Assert.False((await second.SucceedAsync(PodReportJson.Default.MeterReport)).EndMarkerSeen);
    }

    [Theory]
    [InlineData("meter", "--ingress", "nosuch", "--egress", "w1b", "--run-id", "00c0ffee")]
    [InlineData("generate", "--interface", "nosuch", "--run-id", "00c0ffee", "--rate", "1")]
    [InlineData("forward", "--mode", "io", "--port", "w1b", "--port", "nosuch", "--memory-mib", "128", "--file-prefix", "x")]
    public async Task A_device_that_is_not_there_is_named_with_a_remedy_in_the_report_and_on_standard_error(params string[] command)
    {
        using var process = _network.Start([.. command, "--report", "REPORT"]);
        var (exitCode, _, error) = await process.WaitAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("nosuch", error, StringComparison.Ordinal);
        var report = command[0] switch
        {
            "meter" => process.Report(PodReportJson.Default.MeterReport).Error,
            "generate" => process.Report(PodReportJson.Default.GeneratorReport).Error,
            _ => process.Report(PodReportJson.Default.ForwarderReport).Error,
        };
        Assert.Contains("nosuch", report, StringComparison.Ordinal);
        Assert.Contains("ip link", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate", "--interface", "w1a", "--run-id", "00c0ffee", "--rate", "0")]
    [InlineData("generate", "--interface", "w1a", "--run-id", "00c0ffee", "--rate", "1", "--frame-size", "63")]
    [InlineData("generate", "--interface", "w1a", "--run-id", "c0ffee", "--rate", "1")]
    [InlineData("generate", "--interface", "w1a", "--run-id", "00c0ffee", "--rate", "1", "--duration", "-1s")]
    [InlineData("generate", "--interface", "../w1a", "--run-id", "00c0ffee", "--rate", "1")]
    [InlineData("meter", "--ingress", "w1a", "--run-id", "00c0ffee")]
    [InlineData("forward", "--mode", "mack", "--port", "w1b", "--port", "w2a", "--memory-mib", "128", "--file-prefix", "x")]
    [InlineData("forward", "--mode", "io", "--port", "w1b", "--port", "w1b", "--memory-mib", "128", "--file-prefix", "x")]
    public async Task Bad_usage_has_exit_code_2(params string[] command)
    {
        using var process = _network.Start(command);
        var (exitCode, _, error) = await process.WaitAsync();
        Assert.Equal(2, exitCode);
        Assert.NotEqual("", error);
    }

    public void Dispose() => _network.Dispose();
}

using System.Net;
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

        // A machine that holds the generator up for more than 100 ms makes it leave packets out, which it says.
        Assert.Equal((20_000, 0), (sent.Sent + sent.NotSent, sent.SendErrors));
        Assert.True(sent.MaxLatenessNs > 0);
        Assert.InRange(sent.LongestBurst, 1, 1_001);
        var results = report.Results!;
        Assert.Equal((sent.Sent, sent.Sent, sent.Sent, 0, 0), (results.Sent, results.Received, results.Matched, results.Lost, results.Undecided));
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
            var sent = await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
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

                // 200 of the warm-up, 500 of the window, and at least one end marker; fewer where the machine held the generator up.
                Assert.InRange(frames, sent.Sent + 1, 710);
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
        var sent = (await generator.SucceedAsync(PodReportJson.Default.GeneratorReport)).Sent;
        var results = (await meter.SucceedAsync(PodReportJson.Default.MeterReport)).Results!;
        Assert.Equal((sent, 0, sent, 0), (results.Sent, results.Received, results.Lost, results.Undecided));
        Assert.Equal("100", results.LossPercent);
    }

    [Fact]
    public async Task At_a_rate_that_no_machine_reaches_the_generator_ends_nevertheless_and_accounts_for_all()
    {
        const int rate = 100_000_000;
        using var generator = LiveRun.StartGenerator(_network, rate, "2s");
        var report = await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        Assert.InRange(report.NotSent, 1, 2L * rate);
        Assert.Equal(2L * rate, report.Sent + report.SendErrors + report.NotSent);
        Assert.InRange(report.OfferedRate, 1, rate - 1);
        // It was always late by all that it may be.
        Assert.InRange(report.MaxLatenessNs, 90_000_000, 100_000_000);
        Assert.InRange(report.LongestBurst, rate / 11, (rate / 10) + 1);
    }

    [Fact]
    public async Task A_frame_that_the_MTU_is_too_small_for_is_named_with_a_remedy_by_generator_and_probe()
    {
        const string url = "http://127.0.0.1:9475/forwarding";
        _network.Set("w1a", "mtu", "1000");
        using var generator = LiveRun.StartGenerator(_network, 1_000, "1s", "--frame-size", "1518");
        Assert.Equal(1, (await generator.WaitAsync()).ExitCode);
        var error = generator.Report(PodReportJson.Default.GeneratorReport).Error;

        using var meter = LiveRun.StartMeter(_network, "w1b", "w1b", "--probe", "w1a", "--probe-size", "1518");
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var http = _network.CreateHttpClient();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await LiveRun.StatusAsync(http, url, TestContext.Current.CancellationToken));
        Assert.Equal(error + "\n", await LiveRun.BodyAsync(http, url, TestContext.Current.CancellationToken));
        meter.Terminate();
        var log = (await meter.WaitAsync()).Error;
        Assert.Equal(2, log.Split("1518 bytes does not fit its MTU; raise the mtu of the virtual wire").Length);
        Assert.StartsWith("w1a: a frame of 1518 bytes does not fit its MTU", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Why_a_probe_cannot_be_sent_is_in_the_answer_and_once_in_the_log()
    {
        const string url = "http://127.0.0.1:9475/forwarding";
        _network.Set("w1a", "down");
        using var meter = LiveRun.StartMeter(_network, "w2a", "w2b", "--probe", "w1a");
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var http = _network.CreateHttpClient();
        for (var i = 0; i < 2; i++)
        {
            var body = await LiveRun.BodyAsync(http, url, TestContext.Current.CancellationToken);
            Assert.Contains("w1a: sending failed: Network is down", body, StringComparison.Ordinal);
        }

        meter.Terminate();
        Assert.Equal(2, (await meter.WaitAsync()).Error.Split("Network is down").Length);
    }

    [Fact]
    public async Task A_full_disk_costs_the_capture_files_and_not_the_measurement()
    {
        using var disk = new SmallDisk();
        using var meter = LiveRun.StartMeter(_network, "w1a", "w1b", "--pcap", disk.Path);
        await LiveRun.UntilReadyAsync(_network, Ready);
        using var generator = LiveRun.StartGenerator(_network, 10_000, "1s");
        var sent = (await generator.SucceedAsync(PodReportJson.Default.GeneratorReport)).Sent;
        var report = await meter.SucceedAsync(PodReportJson.Default.MeterReport);
        Assert.Equal((sent, sent), (report.Results!.Sent, report.Results.Matched));
        Assert.NotNull(report.Results.LatencyNs);
        Assert.Contains(Path.Combine(disk.Path, "ingress.pcap"), report.ArtifactsError, StringComparison.Ordinal);
        Assert.Contains("No space left on device", report.ArtifactsError, StringComparison.Ordinal);
        Assert.Null(report.Error);
    }

    [Fact]
    public async Task Help_shows_defaults_as_they_are_written()
    {
        foreach (var (command, lines) in new (string, string[])[]
        {
            ("meter", ["[default: 100ms]", "[default: 75s]", "[default: 17179869184]", "GET /forwarding"]),
            ("generate", ["[default: 1s]", "[default: 10s]", "at most 24h"]),
            ("forward", ["a forwarding lcore to each other one"]),
        })
        {
            using var help = _network.Start(command, "--help");
            var (exitCode, output, _) = await help.WaitAsync();
            Assert.Equal(0, exitCode);
            Assert.All(lines, line => Assert.Contains(line, output, StringComparison.Ordinal));
        }
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
        Assert.Equal(3_600_000, sent.Sent + sent.NotSent);

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
    [InlineData("generate", "--interface", "w1a", "--run-id", "00c0ffee", "--rate", "1", "--duration", "25h")]
    [InlineData("generate", "--interface", "w1a", "--run-id", "00c0ffee", "--rate", "1", "--duration", "0")]
    [InlineData("meter", "--ingress", "w1a", "--egress", "w1b", "--run-id", "00c0ffee", "--deadline", "597h")]
    [InlineData("meter", "--ingress", "w1a", "--egress", "w1b", "--run-id", "00c0ffee", "--window", "11s")]
    [InlineData("forward", "--mode", "io", "--port", "w1b", "--port", "w2a", "--memory-mib", "128", "--file-prefix", "x", "--cpus", "65")]
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

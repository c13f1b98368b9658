using System.Net;
using Latlab.Cli.Forwarding;
using Latlab.Crds;
using Latlab.Crds.Runs;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Tests.Live;

[Collection(nameof(MeterLiveTests))]
public sealed class ForwarderLiveTests : IDisposable
{
    private const string Forwarding = "http://127.0.0.1:9475/forwarding";
    private readonly NetworkNamespace _network = new();

    [Theory]
    [InlineData("io", 64)]
    [InlineData("mac", 64)]
    [InlineData("macswap", 64)]
    [InlineData("5tswap", 64)]
    [InlineData("io", 1518)]
    [InlineData("5tswap", 1518)]
    public async Task Nothing_is_lost_through_testpmd_at_10_kpkts_and_each_mode_rewrites_what_it_shall(string mode, int frameSize)
    {
        var directory = Directory.CreateTempSubdirectory("latlab-live-").FullName;
        try
        {
            using var forwarder = StartForwarder(mode, "taskset", "--cpu-list", "0");
            // A long window: whoever else is on this machine's CPU 0 may hold up testpmd, but not make it lose packets.
            using var meter = LiveRun.StartMeter(
                _network, "w1a", "w2b", "--probe", "w1a", "--probe-size", $"{frameSize}", "--window", "5s", "--pcap", directory);
            await LiveRun.UntilReadyAsync(_network, Forwarding);
            using var generator = LiveRun.StartGenerator(_network, 10_000, "1s", "--flows", "2", "--frame-size", $"{frameSize}");
            var sent = await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
            var results = (await meter.SucceedAsync(PodReportJson.Default.MeterReport)).Results!;
            Assert.Equal(10_000, sent.Sent + sent.NotSent);
            Assert.Equal((sent.Sent, sent.Sent, sent.Sent, 0), (results.Sent, results.Received, results.Matched, results.Lost));

            var departed = CapturedFrame.ReadAll(Path.Combine(directory, "ingress.pcap"));
            var arrived = CapturedFrame.ReadAll(Path.Combine(directory, "egress.pcap"));
            Assert.Contains(arrived, frame => frame.Header.Kind == PacketKind.Probe);
            Assert.All(arrived, frame => Assert.Equal(frameSize - 4, frame.Length));
            Assert.Equal(
                Measured(departed).Select(frame => Forwarded(frame, mode)).OrderBy(Number),
                Measured(arrived).OrderBy(Number));

            forwarder.Terminate();
            var report = await forwarder.SucceedAsync(PodReportJson.Default.ForwarderReport);
            Assert.StartsWith("DPDK ", report.DpdkVersion, StringComparison.Ordinal);
            Assert.Contains($"--forward-mode={mode} ", report.Command, StringComparison.Ordinal);
            Assert.Equal(("0", true), (report.Cpus, report.Exclusive));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Of_more_CPUs_than_asked_for_testpmd_forwards_on_the_last_and_says_that_it_is_not_its_own()
    {
        var allowed = CpuList.Parse(AllowedCpus.OfThisProcess()!);
        Assert.SkipWhen(allowed.Count == 1, "This machine has one CPU: nothing to choose from.");
        using var forwarder = StartForwarder("io");
        using var meter = LiveRun.StartMeter(_network, "w1a", "w2b", "--probe", "w1a");
        await LiveRun.UntilReadyAsync(_network, Forwarding);
        var worker = forwarder.AllowedCpusOfThread("rte-worker-1");
        forwarder.Terminate();
        var report = await forwarder.SucceedAsync(PodReportJson.Default.ForwarderReport);
        Assert.Equal(($"{allowed[^1]}", $"{allowed[^1]}", false), (worker, report.Cpus, report.Exclusive));
    }

    [Fact]
    public async Task The_meter_says_503_while_nothing_forwards_and_200_once_testpmd_does()
    {
        using var meter = LiveRun.StartMeter(_network, "w1a", "w2b", "--probe", "w1a");
        await LiveRun.UntilReadyAsync(_network, "http://127.0.0.1:9475/readyz");
        using var http = _network.CreateHttpClient();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await LiveRun.StatusAsync(http, Forwarding, TestContext.Current.CancellationToken));
        using var forwarder = StartForwarder("io");
        await LiveRun.UntilReadyAsync(_network, Forwarding);
        meter.Terminate();
        Assert.Equal(0, (await meter.WaitAsync()).ExitCode);
    }

    public void Dispose()
    {
        _network.Dispose();
        // DPDK leaves its runtime directory behind.
        var runtime = $"/var/run/dpdk/{_network.Name}";
        if (Directory.Exists(runtime))
        {
            Directory.Delete(runtime, recursive: true);
        }
    }

    private static IEnumerable<CapturedFrame> Measured(IEnumerable<CapturedFrame> frames) =>
        frames.Where(frame => frame.Header.Kind == PacketKind.Measured);

    private static (ushort, ulong) Number(CapturedFrame frame) => (frame.Header.Flow, frame.Header.Sequence);

    /// <summary>What a mode makes of a frame that arrives at the first port.</summary>
    private CapturedFrame Forwarded(CapturedFrame frame, string mode) => mode switch
    {
        "io" => frame,
        // The second port's own address, and testpmd's name for the peer of that port.
        "mac" => frame with { SourceAddress = _network.HardwareAddress("w2a"), DestinationAddress = "020000000001" },
        "macswap" => frame with { SourceAddress = frame.DestinationAddress, DestinationAddress = frame.SourceAddress },
        _ => new CapturedFrame(
            frame.Header, frame.Length, frame.DestinationAddress, frame.SourceAddress, frame.DestinationIP, frame.SourceIP,
            frame.DestinationPort, frame.SourcePort),
    };

    /// <summary>On one CPU, as in the smallest pod: main and forwarding lcore share it.</summary>
    private LatlabProcess StartForwarder(string mode, params string[] by)
    {
        Assert.True(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory =>
                File.Exists(Path.Combine(directory, "dpdk-testpmd"))),
            "This test forwards with the real dpdk-testpmd: install it as images/forwarder/Dockerfile does, or the package dpdk-dev.");
        return LatlabProcess.Start(
            [
                "nsenter", $"--net=/run/netns/{_network.Name}", .. by, Path.Combine(AppContext.BaseDirectory, "latlab"),
                "forward", "--mode", mode, "--port", "w1b", "--port", "w2a", "--cpus", "1", "--memory-mib", "256",
                    "--file-prefix", _network.Name, "--report", "REPORT",
            ]);
    }
}

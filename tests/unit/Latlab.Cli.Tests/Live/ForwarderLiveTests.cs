using System.Net;
using Latlab.Crds.Runs;

namespace Latlab.Cli.Tests.Live;

[Collection(nameof(MeterLiveTests))]
public sealed class ForwarderLiveTests : IDisposable
{
    private readonly NetworkNamespace _network = new();

    [Theory]
    [InlineData("io")]
    [InlineData("mac")]
    [InlineData("macswap")]
    [InlineData("5tswap")]
    public async Task Nothing_is_lost_through_testpmd_at_10_kpkts_in_each_mode(string mode)
    {
        using var forwarder = StartForwarder(mode);
        // A long window: whoever else is on this machine's CPU 0 may hold up testpmd, but not make it lose packets.
        using var meter = LiveRun.StartMeter(_network, "w1a", "w2b", "--probe", "w1a", "--window", "5s");
        await LiveRun.UntilReadyAsync(_network, "http://127.0.0.1:9475/forwarding");
        using var generator = LiveRun.StartGenerator(_network, 10_000, "1s", "--flows", "2");
        var sent = await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var results = (await meter.SucceedAsync(PodReportJson.Default.MeterReport)).Results!;
        Assert.Equal(10_000, sent.Sent);
        Assert.Equal((10_000, 10_000, 10_000, 0), (results.Sent, results.Received, results.Matched, results.Lost));

        forwarder.Terminate();
        var report = await forwarder.SucceedAsync(PodReportJson.Default.ForwarderReport);
        Assert.StartsWith("DPDK ", report.DpdkVersion, StringComparison.Ordinal);
        Assert.Contains($"--forward-mode={mode} ", report.Command, StringComparison.Ordinal);
        Assert.Equal("0", report.Cpus);
    }

    [Fact]
    public async Task The_meter_says_503_while_nothing_forwards_and_200_once_testpmd_does()
    {
        const string url = "http://127.0.0.1:9475/forwarding";
        using var meter = LiveRun.StartMeter(_network, "w1a", "w2b", "--probe", "w1a");
        await LiveRun.UntilReadyAsync(_network, "http://127.0.0.1:9475/readyz");
        using var http = _network.CreateHttpClient();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await LiveRun.StatusAsync(http, url, TestContext.Current.CancellationToken));
        using var forwarder = StartForwarder("io");
        await LiveRun.UntilReadyAsync(_network, url);
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

    /// <summary>On one CPU, as in the smallest pod: main and forwarding lcore share it.</summary>
    private LatlabProcess StartForwarder(string mode)
    {
        Assert.True(
            (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory =>
                File.Exists(Path.Combine(directory, "dpdk-testpmd"))),
            "This test forwards with the real dpdk-testpmd: install it as images/forwarder/Dockerfile does, or the package dpdk-dev.");
        return LatlabProcess.Start(
            [
                "nsenter", $"--net=/run/netns/{_network.Name}", "taskset", "--cpu-list", "0",
                    Path.Combine(AppContext.BaseDirectory, "latlab"),
                "forward", "--mode", mode, "--port", "w1b", "--port", "w2a", "--memory-mib", "256", "--file-prefix", _network.Name,
                    "--report", "REPORT",
            ]);
    }
}

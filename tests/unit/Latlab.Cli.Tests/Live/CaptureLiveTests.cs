using Latlab.Crds.Runs;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Tests.Live;

[Collection(nameof(MeterLiveTests))]
public sealed class CaptureLiveTests : IDisposable
{
    private readonly NetworkNamespace _network = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-capture-");

    [Fact]
    public async Task The_identity_is_found_out_and_every_packet_of_a_wire_is_matched()
    {
        var file = Path.Combine(_folder.FullName, "result.json");
        using var capture = _network.Start("capture", "w1a", "w1b", "--filter", "udp", "--duration", "6s", "--result", file);
        await LiveRun.UntilAsync(() => capture.HasSaid("capturing on"));
        using var generator = LiveRun.StartGenerator(_network, 5_000, "1s");
        var sent = (await generator.SucceedAsync(PodReportJson.Default.GeneratorReport)).Sent;
        var (exitCode, output, error) = await capture.WaitAsync();

        Assert.True(exitCode == 0, output + error);
        using var stream = File.OpenRead(file);
        var result = AnalysisResultFile.Read(stream);
        Assert.Equal(("generator", true), (result.Identity!.Preset, result.Identity.Automatic));
        // Warm-up and end of the generator's traffic are no packets of the measurement.
        Assert.Equal(result.Counters.Before, result.Counters.After);
        Assert.Equal((sent, 0, 0), (result.Counters.Matched, result.Counters.Lost, result.Counters.UnmatchedAfter));
        Assert.Equal(TimestampSource.Software, result.Timestamps);
    }

    /// <summary>Virtual wires have no driver, so nothing is said of a NIC.</summary>
    [Fact]
    public async Task The_result_is_as_the_options_ask_and_carries_what_the_user_says_of_it()
    {
        var file = Path.Combine(_folder.FullName, "result.json");
        using var capture = _network.Start(
            "capture", "w1a", "w1b", "--filter", "udp", "--duration", "6s", "--result", file, "--name", "tuned", "--env", "kernel=6.1", "--clock-offset", "-1ms",
            "--percentiles", "50,99.5", "--worst", "3", "--interval", "200ms", "--per-flow", "--flows", "1", "--window", "1s");
        await LiveRun.UntilAsync(() => capture.HasSaid("capturing on"));
        using var generator = LiveRun.StartGenerator(_network, 5_000, "1s", "--flows", "2");
        await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var (exitCode, output, error) = await capture.WaitAsync();

        Assert.True(exitCode == 0, output + error);
        using var stream = File.OpenRead(file);
        var result = AnalysisResultFile.Read(stream);
        Assert.Equal("tuned", result.Name);
        Assert.Equal(new Dictionary<string, string> { ["kernel"] = "6.1" }, result.Environment);
        Assert.Equal((-1_000_000, 200_000_000), (result.Parameters.ClockOffsetNs, result.Parameters.IntervalNs));
        Assert.InRange(result.LatencyNs!.Min, 1_000_000, 1_000_000_000);
        Assert.Equal((2, 3, 1), (result.LatencyNs.Percentiles.Count, result.Worst.Count, result.Flows.Count));
        Assert.Contains(result.Notes, note => note.EndsWith("use --flows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Taps_the_wrong_way_round_are_said_to_be()
    {
        using var capture = _network.Start("capture", "w1b", "w1a", "--filter", "udp", "--duration", "6s");
        await LiveRun.UntilAsync(() => capture.HasSaid("capturing on"));
        using var generator = LiveRun.StartGenerator(_network, 5_000, "1s");
        await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        var (exitCode, _, error) = await capture.WaitAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("wrong order", error, StringComparison.Ordinal);
        Assert.Contains("name the devices the other way round, or, if the order is right, insist with --identity generator", error, StringComparison.Ordinal);
        Assert.DoesNotContain("--force", error, StringComparison.Ordinal);
    }

    /// <summary>Else a later analysis would take them for losses of the device.</summary>
    [Fact]
    public async Task A_file_of_frames_says_what_the_ring_had_no_room_for()
    {
        using var capture = _network.Start("capture", "w1a", "-o", _folder.FullName, "--buffer", "1");
        await LiveRun.UntilAsync(() => capture.HasSaid("capturing on"));
        capture.Pause();
        using var generator = LiveRun.StartGenerator(_network, 20_000, "1s");
        await generator.SucceedAsync(PodReportJson.Default.GeneratorReport);
        capture.Resume();
        capture.Terminate();
        var (exitCode, output, error) = await capture.WaitAsync();

        Assert.True(exitCode == 3, output + error);
        using var file = CaptureFile.Open(Path.Combine(_folder.FullName, "w1a.pcapng"));
        var batch = new FrameBatch();
        while (file.Read(batch))
        {
        }

        Assert.InRange(file.Facts.Drops ?? 0, 1, 24_000);
        Assert.Equal(1, file.Facts.ResolutionNs);
        Assert.StartsWith($"w1a: {file.Facts.Packets} packets, {file.Facts.Drops} dropped by the kernel's ring", output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _network.Dispose();
        _folder.Delete(recursive: true);
    }
}

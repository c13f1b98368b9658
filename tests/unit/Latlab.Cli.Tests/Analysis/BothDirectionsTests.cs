using System.Buffers.Binary;
using Latlab.Cli.Tests.Live;
using Latlab.Measurement.Captures;
using Latlab.Reports;

namespace Latlab.Cli.Tests.Analysis;

/// <summary>Captures that have requests and replies, from files to report and comparison.</summary>
public sealed class BothDirectionsTests : IDisposable
{
    private const long StartNs = 1_700_000_000_000_000_000;
    private const int Packets = 2_000;
    private const long RequestNs = 2_000;
    private const long ReplyNs = 7_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-both-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Lists_of_packets_say_that_they_have_the_usual_direction_only()
    {
        var (lost, parquet) = (PathOf("lost.csv"), PathOf("packets.parquet"));
        var error = await AnalyzeAsync("result", "--lost", lost, "--parquet", parquet);
        Assert.Contains($"{lost} and {parquet}: the usual direction only", error, StringComparison.Ordinal);
        Assert.DoesNotContain("usual direction", await AnalyzeAsync("other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_shows_the_other_direction_once()
    {
        await AnalyzeAsync("result");
        Assert.Equal("reverse", ResultFiles.Read(PathOf("result/reverse")).Name);
        Assert.Contains("<title>Latency: result, result (reverse)</title>", await ReportAsync("result"), StringComparison.Ordinal);
        Assert.Contains("<title>Latency: result, reverse</title>", await ReportAsync("result", "result/reverse"), StringComparison.Ordinal);
        // The same from the file alone, which has no folder beside it.
        File.Copy(PathOf("result/result.json"), PathOf("copy.json"));
        Assert.Contains("<title>Latency: copy, copy (reverse)</title>", await ReportAsync("copy.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comparison_is_of_the_usual_direction_unless_the_other_one_is_asked_for()
    {
        await AnalyzeAsync("a");
        await AnalyzeAsync("b");
        var (exitCode, output, error) = await LatlabAsync("compare", PathOf("a"), PathOf("b"), "--format", "csv", "--percentiles", "50");
        Assert.Equal(0, exitCode);
        Assert.Contains($"50,\"a\",{RequestNs},", output, StringComparison.Ordinal);
        Assert.Contains("--env nic=", error, StringComparison.Ordinal);

        (exitCode, output, _) = await LatlabAsync("compare", PathOf("a"), PathOf("b"), "--format", "csv", "--percentiles", "50", "--reverse");
        Assert.Equal(0, exitCode);
        Assert.Contains($"50,\"b (reverse)\",{ReplyNs},", output, StringComparison.Ordinal);

        (exitCode, output, error) = await LatlabAsync("compare", PathOf("a"), PathOf("b/reverse"), "--reverse");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"latlab compare: {PathOf("b/reverse")} has no reverse", error, StringComparison.Ordinal);
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    /// <summary>Analyses both captures into a folder, and gives what is said on standard error.</summary>
    private async Task<string> AnalyzeAsync(string folder, params string[] options)
    {
        Write("before.pcap", 0, RequestNs + ReplyNs);
        Write("after.pcap", RequestNs, RequestNs);
        var (exitCode, output, error) = await LatlabAsync(["analyze", PathOf("before.pcap"), PathOf("after.pcap"), "-o", PathOf(folder), .. options]);
        Assert.True(exitCode == 0, output + error);
        return error;
    }

    private async Task<string> ReportAsync(params string[] results)
    {
        var page = PathOf("report.html");
        var (exitCode, output, error) = await LatlabAsync(["report", .. results.Select(PathOf), "-o", page]);
        Assert.True(exitCode == 0, output + error);
        return await File.ReadAllTextAsync(page, TestContext.Current.CancellationToken);
    }

    private static async Task<(int ExitCode, string Output, string Error)> LatlabAsync(params string[] arguments)
    {
        using var latlab = LatlabProcess.Start([Path.Combine(AppContext.BaseDirectory, "latlab"), .. arguments]);
        return await latlab.WaitAsync();
    }

    /// <summary>A request every 20 µs, and its reply.</summary>
    private void Write(string name, long requestAtNs, long replyAtNs)
    {
        using var writer = new PcapWriter(File.Create(PathOf(name)), 256);
        for (var i = 0; i < Packets; i++)
        {
            writer.Write(StartNs + (i * 20_000L) + requestAtNs, Frame(i, source: 1, destination: 2), 60);
            writer.Write(StartNs + (i * 20_000L) + replyAtNs, Frame(i, source: 2, destination: 1), 60);
        }
    }

    private static byte[] Frame(int number, byte source, byte destination)
    {
        var frame = new byte[60];
        frame[12] = 0x08;
        byte[] ip = [0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, source, 10, 0, 0, destination];
        ip.CopyTo(frame, 14);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(34), (ushort)(source * 1000));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(36), (ushort)(destination * 1000));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(38), 26);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(42), number);
        return frame;
    }
}

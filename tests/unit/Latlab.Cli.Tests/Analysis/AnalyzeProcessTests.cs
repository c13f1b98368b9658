using Latlab.Cli.Analysis;
using Latlab.Cli.Tests.Live;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Synthesis;
using Latlab.Reports;

namespace Latlab.Cli.Tests.Analysis;

/// <summary>What becomes of <c>latlab analyze</c> when it is stopped, when the disk is full, and when nobody reads its output any more.</summary>
public sealed class AnalyzeProcessTests : IDisposable
{
    private const int Packets = 20_000;
    private static readonly string Latlab = Path.Combine(AppContext.BaseDirectory, "latlab");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-analyze-process-");

    public AnalyzeProcessTests()
    {
        var options = new SynthesisOptions { Packets = Packets };
        using var before = new PcapWriter(File.Create(Before), 256);
        using var after = new PcapWriter(File.Create(After), 256);
        SyntheticPair.Write(options, before, after);
    }

    private string Before => Path.Combine(_folder.FullName, "before.pcap");

    private string After => Path.Combine(_folder.FullName, "after.pcap");

    [Fact]
    public async Task Told_to_stop_it_gives_what_it_has_and_says_that_this_is_a_part()
    {
        var result = Path.Combine(_folder.FullName, "result");
        var pipes = new[] { Before, After }.Select(capture => (Capture: capture, Pipe: capture + ".pipe")).ToList();
        foreach (var (_, pipe) in pipes)
        {
            Assert.Equal(0, (await LatlabProcess.Start(["mkfifo", pipe]).WaitAsync()).ExitCode);
        }

        var (lost, parquet) = (Path.Combine(_folder.FullName, "lost.csv"), Path.Combine(_folder.FullName, "packets.parquet"));
        using var analyze = LatlabProcess.Start(
            [Latlab, "analyze", .. pipes.Select(pipe => pipe.Pipe), "-o", result, "--lost", lost, "--parquet", parquet]);
        // It reads all there is, and waits for more.
        var writers = await Task.WhenAll(pipes.Select(pipe => Task.Run(() => Fill(pipe.Pipe, pipe.Capture))));
        analyze.Terminate();
        var (exitCode, output, error) = await analyze.WaitAsync();
        writers.ToList().ForEach(writer => writer.Dispose());
        Assert.True(exitCode == AnalyzeJob.Incomplete, $"{exitCode}: {output}{error}");
        Assert.StartsWith("PARTIAL", output, StringComparison.Ordinal);
        Assert.Contains("interrupted", error, StringComparison.Ordinal);
        var analysed = ResultFiles.Read(result);
        Assert.True(analysed is { Partial: true, Counters: { Matched: > 0, Lost: 0 } });
        // Lists of packets of a part have no name by which they could be taken for those of all.
        Assert.Contains($"and so are {lost}.partial and {parquet}.partial", error, StringComparison.Ordinal);
        Assert.Equal(
            ["lost.csv.partial", "packets.parquet.partial"],
            _folder.EnumerateFiles("*", SearchOption.AllDirectories).Select(file => file.Name).Where(name => name.Contains("lost", StringComparison.Ordinal)
                || name.Contains("parquet", StringComparison.Ordinal) || name.EndsWith(".partial", StringComparison.Ordinal)).Order());
        Assert.Equal("position,sent_ns,flow,length", File.ReadLines($"{lost}.partial").First());
    }

    [Fact]
    public async Task A_conversion_that_is_told_to_stop_writes_no_file_that_looks_whole()
    {
        var (pipe, records) = (Before + ".pipe", Path.Combine(_folder.FullName, "before.lat"));
        Assert.Equal(0, (await LatlabProcess.Start(["mkfifo", pipe]).WaitAsync()).ExitCode);
        using var convert = LatlabProcess.Start([Latlab, "convert", pipe, "--identity", "generator", "-o", records]);
        await using var writer = await Task.Run(() => Fill(pipe, Before));
        convert.Terminate();
        var (exitCode, _, error) = await convert.WaitAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("interrupted: nothing was written", error, StringComparison.Ordinal);
        Assert.False(File.Exists(records));
    }

    [Fact]
    public async Task Told_to_stop_while_a_pipe_has_no_writer_it_ends_at_once()
    {
        var pipes = new[] { Before + ".pipe", After + ".pipe" };
        foreach (var pipe in pipes)
        {
            Assert.Equal(0, (await LatlabProcess.Start(["mkfifo", pipe]).WaitAsync()).ExitCode);
        }

        using var analyze = LatlabProcess.Start([Latlab, "analyze", .. pipes]);
        // That it opens the first one says that it minds signals by now.
        await using var writer = await Task.Run(() => new FileStream(pipes[0], FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        await writer.WriteAsync(File.ReadAllBytes(Before).AsMemory(0, 1_000), TestContext.Current.CancellationToken);
        analyze.Terminate();
        var (exitCode, _, error) = await analyze.WaitAsync();
        Assert.Equal(1, exitCode);
        Assert.StartsWith("latlab analyze: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_commands_write_to_one_file_comes_one_behind_the_other()
    {
        var file = Path.Combine(_folder.FullName, "log");
        var (exitCode, _, error) = await LatlabProcess.Start(
            ["sh", "-c", "{ echo first; \"$0\" analyze \"$1\" \"$2\" --format csv; echo last; } > \"$3\"", Latlab, Before, After, file]).WaitAsync();
        Assert.True(exitCode == 0, error);
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(("first", "name,value", "last"), (lines[0], lines[1], lines[^1]));
        Assert.Contains($"before,{Packets}", lines);
    }

    [Fact]
    public async Task A_disk_that_is_full_leaves_no_result_under_its_final_name()
    {
        using var disk = new SmallDisk();
        var result = Path.Combine(disk.Path, "result");
        // A row of the worst list takes some 50 bytes.
        using var analyze = LatlabProcess.Start([Latlab, "analyze", Before, After, "--worst", $"{Packets}", "-o", result]);
        var (exitCode, _, error) = await analyze.WaitAsync();
        Assert.Equal(1, exitCode);
        Assert.Contains("No space left on device", error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(result));
    }

    [Fact]
    public async Task Output_that_nobody_reads_ends_it_as_it_ends_other_programs()
    {
        using var analyze = LatlabProcess.Start(
            ["bash", "-c", """ "$0" analyze "$1" "$2" --worst 20000 --format json | head -c 1; exit "${PIPESTATUS[0]}" """, Latlab, Before, After]);
        var (exitCode, output, error) = await analyze.WaitAsync();
        Assert.Equal((141, "{", ""), (exitCode, output, error));
    }

    private static FileStream Fill(string pipe, string capture)
    {
        var stream = new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(File.ReadAllBytes(capture));
        return stream;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}

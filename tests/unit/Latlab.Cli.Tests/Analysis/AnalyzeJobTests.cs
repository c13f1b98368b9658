using Latlab.Cli.Analysis;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Measurement.Synthesis;
using Latlab.Reports;

namespace Latlab.Cli.Tests.Analysis;

/// <summary><c>latlab analyze</c> from files to exit code.</summary>
public sealed class AnalyzeJobTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-analyze-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    private string Before => Path.Combine(_folder.FullName, "before.pcap");

    private string After => Path.Combine(_folder.FullName, "after.pcap");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Whole_captures_give_a_result_tables_and_sums_that_add_up()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000, Loss = 0.01, Flows = 2 });
        var folder = Path.Combine(_folder.FullName, "result");
        var lost = Path.Combine(_folder.FullName, "lost.csv");
        Assert.Equal(0, Run(settings => settings with { Folder = folder, LostFile = lost, Check = true, Name = "mine" }));
        Assert.Contains("clocks             trustworthy", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("of 2000 packets: ok", _output.ToString(), StringComparison.Ordinal);
        var result = ResultFiles.Read(folder);
        Assert.Equal("mine", result.Name);
        Assert.Equal(result.Counters.Lost, File.ReadLines(lost).Count() - 1);
        Assert.Equal(
            ["histogram.csv", "result.json", "timeseries.csv", "worst.csv"], Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order());
        var worst = File.ReadLines(Path.Combine(folder, "worst.csv")).ToList();
        Assert.Equal(result.LatencyNs!.Count + 1, worst.Count);
        Assert.All(worst[1..], row => Assert.Contains("\"", row, StringComparison.Ordinal));
    }

    [Fact]
    public void Flows_have_a_table_with_a_row_each_which_goes_with_the_next_result_that_has_none()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000, Loss = 0.01, Flows = 2 });
        var folder = Path.Combine(_folder.FullName, "result");
        Assert.Equal(0, Run(settings => settings with { Folder = folder, Options = settings.Options with { Flows = 4 } }));
        var rows = File.ReadLines(Path.Combine(folder, "flows.csv")).Select(line => line.Split(',')).ToList();
        Assert.Equal(3, rows.Count);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
        var result = ResultFiles.Read(folder);
        Assert.Equal([.. result.Flows.Select(flow => $"{flow.Lost}")], rows[1..].Select(row => row[Array.IndexOf(rows[0], "lost")]));
        Assert.Equal([.. result.Flows.Select(flow => $"{flow.LatencyNs!.Max}")], rows[1..].Select(row => row[Array.IndexOf(rows[0], "max_ns")]));
        Assert.Equal(result.Counters.Lost, result.Flows.Sum(flow => flow.Lost));
        Assert.Equal(
            [.. result.Flows.Select(flow => $"{flow.Variation!.GapsAfter!.Max}")], rows[1..].Select(row => row[Array.IndexOf(rows[0], "gap_after_max_ns")]));
        var series = File.ReadLines(Path.Combine(folder, "flows-series.csv")).Select(line => line.Split(',')).ToList();
        Assert.Equal(["start_ns", "flow", "sent", "matched", "lost", "mean_ns", "max_ns"], series[0]);
        Assert.Equal(2_000, series[1..].Sum(row => int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));

        Assert.Equal(0, Run(settings => settings with { Folder = folder }));
        Assert.Empty(Directory.EnumerateFiles(folder, "flows*.csv"));
    }

    [Fact]
    public void A_damaged_capture_is_analysed_as_far_as_it_goes_and_named_with_its_offset()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000 });
        File.WriteAllBytes(After, File.ReadAllBytes(After)[..^9]);
        Assert.Equal(AnalyzeJob.Incomplete, Run(settings => settings));
        Assert.Contains($"{After}: offset {24 + (1_999 * 76)}", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("matched          1999", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Clocks_that_cannot_be_used_have_an_exit_code_of_their_own()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000, ClockOffsetNs = 37_000_000_000 });
        Assert.Equal(AnalyzeJob.ClocksUnusable, Run(settings => settings));
        Assert.Equal(0, Run(settings => settings with { Options = settings.Options with { ClockOffsetNs = 37_000_000_000 } }));
    }

    [Fact]
    public void The_wrong_order_and_the_same_file_twice_are_refused_unless_forced()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000 });
        Assert.Contains(
            "wrong order", Assert.Throws<CaptureFormatException>(() => Run(settings => settings with { Before = After, After = Before })).Message, StringComparison.Ordinal);
        Assert.Contains("same capture twice", Assert.Throws<CaptureFormatException>(() => Run(settings => settings with { After = Before })).Message, StringComparison.Ordinal);
        Assert.Equal(AnalyzeJob.ClocksUnusable, Run(settings => settings with { Before = After, After = Before, Force = true }));
    }

    [Fact]
    public void Captures_of_different_traffic_say_what_was_tried()
    {
        Synthesise(new SynthesisOptions { Packets = 500, Kind = SyntheticKind.Udp, Size = 100 });
        var kept = Before + ".kept";
        File.Move(Before, kept);
        Synthesise(new SynthesisOptions { Packets = 500, Kind = SyntheticKind.Udp, Size = 100, Seed = 2 });
        var message = Assert.Throws<CaptureFormatException>(() => Run(settings => settings with { Before = kept })).Message;
        Assert.Contains("l3", message, StringComparison.Ordinal);
        Assert.Contains("nat", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_packet_after_the_device_all_are_lost()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000, Rate = 1_000 });
        new PcapWriter(File.Create(After), 256).Dispose();
        var folder = Path.Combine(_folder.FullName, "result");
        Run(settings => settings with { Folder = folder, Check = true });
        var counters = ResultFiles.Read(folder).Counters;
        Assert.Equal((0, 2_000), (counters.Matched, counters.Lost + counters.Undecided));
        Assert.True(counters.Lost > counters.Undecided);
        Assert.Contains("of 2000 packets: ok", _output.ToString(), StringComparison.Ordinal);
        File.Copy(After, Before, overwrite: true);
        Assert.Contains("has no frames", Assert.Throws<CaptureFormatException>(() => Run(settings => settings)).Message, StringComparison.Ordinal);
    }

    /// <summary>By whatever name, and before anything is read.</summary>
    [Fact]
    public void An_output_never_takes_the_place_of_a_capture()
    {
        Synthesise(new SynthesisOptions { Packets = 100 });
        var link = Path.Combine(_folder.FullName, "link.csv");
        File.CreateSymbolicLink(link, Before);
        var whole = File.ReadAllBytes(Before);
        foreach (var path in new[] { Before, link })
        {
            Assert.Contains("would be overwritten", Assert.Throws<CommandFailedException>(() => Run(settings => settings with { LostFile = path })).Message, StringComparison.Ordinal);
        }

        Assert.Contains("standard input", Assert.Throws<CommandFailedException>(() => Run(settings => settings with { Before = "-", After = "-" })).Message, StringComparison.Ordinal);
        Assert.Equal(whole, File.ReadAllBytes(Before));
    }

    [Fact]
    public async Task A_FIFO_is_opened_once_and_read_to_its_end()
    {
        Synthesise(new SynthesisOptions { Packets = 2_000 });
        var fifo = Path.Combine(_folder.FullName, "fifo");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [fifo]))
        {
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var writing = Task.Run(() => File.WriteAllBytes(fifo, File.ReadAllBytes(Before)), TestContext.Current.CancellationToken);
        Assert.Equal(0, Run(settings => settings with { Before = fifo }));
        await writing;
        Assert.Contains("matched          2000", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("same pipe", Assert.Throws<CommandFailedException>(() => Run(settings => settings with { Before = fifo, After = fifo })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_leaves_nothing_half_written()
    {
        Synthesise(new SynthesisOptions { Packets = 100 });
        var taken = Path.Combine(_folder.FullName, "taken");
        File.WriteAllText(taken, "");
        Assert.Throws<IOException>(() => Run(settings => settings with { Folder = taken }));
        Assert.Empty(_folder.EnumerateFiles("*.partial", SearchOption.AllDirectories));
    }

    private int Run(Func<AnalyzeSettings, AnalyzeSettings> change) => AnalyzeJob.Run(
        change(new AnalyzeSettings
        {
            Before = Before,
            After = After,
            Options = new AnalysisOptions(),
            Captures = new CaptureOptions(),
            Format = ResultFormat.Table,
            Timestamps = TimestampSource.Software,
        }),
        _output,
        _error);

    private void Synthesise(SynthesisOptions options)
    {
        using var before = new PcapWriter(File.Create(Before), 256);
        using var after = new PcapWriter(File.Create(After), 256);
        SyntheticPair.Write(options, before, after);
    }
}

using System.CommandLine;
using Latlab.Cli.Analysis;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab analyze</c>: latency, loss and the rest from two captures of the same packets.</summary>
internal static class AnalyzeCommand
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromDays(1);

    public static Command Create()
    {
        var before = new Argument<string>("BEFORE") { Description = "Capture before the device: pcap or pcapng, plain, gzip or zstd; - is standard input" };
        var after = new Argument<string>("AFTER") { Description = "Capture after it" };
        var identity = AnalyzeOptions.Identity();
        var window = Nanoseconds.Option("--window", "Longest latency that counts as arrival, what takes longer is lost", "100ms", LongestWindow);
        var warmUp = Nanoseconds.Option("--warmup", "What to leave out at the start of both captures, at one instant", "0s", LongestWarmUp, mayBeZero: true);
        var percentiles = AnalyzeOptions.Percentiles();
        var worst = AnalyzeOptions.Worst();
        var perFlow = new Option<bool>("--per-flow") { Description = "Results for each flow, too" };
        var flows = AnalyzeOptions.Flows();
        var interval = AnalyzeOptions.Interval();
        var clockOffset = AnalyzeOptions.ClockOffset();
        var timestamps = new Option<TimestampSource>("--timestamps") { Description = "Where the stamps were made, for reports and compare" };
        var name = AnalyzeOptions.Name();
        var environment = AnalyzeOptions.Environment();
        var format = new Option<ResultFormat>("--format") { Description = "How to print the result" };
        var folder = new Option<string?>("-o", "--output")
        {
            Description = "Write result.json, histogram.csv, worst.csv, timeseries.csv and, with --per-flow, flows.csv and flows-series.csv into "
                + "this folder, too",
            HelpName = "DIR",
        };
        var lost = new Option<string?>("--lost") { Description = "List the lost packets in this file, as CSV", HelpName = "FILE" };
        var parquet = new Option<string?>("--parquet") { Description = "Write what became of every packet to this file, as Parquet", HelpName = "FILE" };
        var captures = new CaptureFileOptions();
        var mscap = new Option<bool>("--mscap") { Description = "Both are MoonSniff's mscap files" };
        var wraps = new Option<bool>("--repair-wraps") { Description = "With --mscap: repair stamps that wrapped at 2^32 ns, and count them" };
        var check = new Option<bool>("--check") { Description = "Show that every packet of both captures is in exactly one counter" };
        var threads = RunOptions.Number("--threads", "1: all on one thread; 2: each capture is read on one of its own", "N", 1, 2, Environment.ProcessorCount > 1 ? 2 : 1);
        var force = new Option<bool>("--force") { Description = "Analyse even what looks like the wrong order or the same capture twice" };
        var command = new Command(
            "analyze",
            "Latency, loss and more from two captures of the same packets. Exit codes: 0 done, 1 nothing could be analysed, 2 usage, 3 a capture is damaged or "
                + "the analysis was interrupted, 4 the clocks are unusable, 5 --check failed")
        {
            before, after, identity, window, warmUp, percentiles, worst, perFlow, flows, interval, clockOffset, timestamps, name, environment, format, folder,
            lost, parquet, mscap, wraps, check, threads, force,
        };
        captures.AddTo(command);
        command.SetAction(result => Failures.Report("analyze", () => AnalyzeJob.Run(
            new AnalyzeSettings
            {
                Before = result.GetRequiredValue(before),
                After = result.GetRequiredValue(after),
                Identity = result.GetValue(identity)?.Rule,
                Options = new AnalysisOptions
                {
                    Match = new MatchOptions(Nanoseconds.Of(result, window)) { WarmUpNs = Nanoseconds.Of(result, warmUp) },
                    ClockOffsetNs = result.GetValue(clockOffset),
                    Percentiles = result.GetValue(percentiles) ?? Percentile.Usual,
                    Worst = result.GetValue(worst),
                    Flows = result.GetValue(perFlow) ? result.GetValue(flows) : 0,
                    IntervalNs = Nanoseconds.Of(result, interval),
                    ReadAhead = result.GetValue(threads) > 1,
                },
                Captures = captures.Of(result) with
                {
                    Mscap = result.GetValue(mscap),
                    RepairWraps = result.GetValue(wraps),
                },
                Format = result.GetValue(format),
                Folder = result.GetValue(folder),
                LostFile = result.GetValue(lost),
                ParquetFile = result.GetValue(parquet),
                Timestamps = result.GetValue(timestamps),
                Name = result.GetRequiredValue(name),
                Environment = result.GetRequiredValue(environment),
                Check = result.GetValue(check),
                Force = result.GetValue(force),
            },
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error)));
        return command;
    }
}

using System.CommandLine;
using Latlab.Cli.Live;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab capture</c>: live, to files or straight into the matcher.</summary>
internal static class CaptureCommand
{
    public static Command Create()
    {
        var devices = new Argument<string[]>("DEVICE")
        {
            Description = "Network device to capture on; two without -o: the one before and the one after the device under test",
            Arity = new ArgumentArity(1, 2),
        };
        var folder = new Option<string?>("-o", "--output") { Description = "Write a file for each device into this folder instead of matching", HelpName = "DIR" };
        var format = new Option<LiveFormat>("--format") { Description = "With -o: pcapng files, pcap files, which cannot say what the capture missed, or compact files of records" };
        var identity = AnalyzeOptions.Identity();
        identity.Description = "How a packet is known again: generator, exact, l2, l3, nat, or mask:… (default: auto, as the first packets tell; l3 in files of records)";
        var filter = new Option<string>("--filter") { Description = "Expression of pcap-filter(7)", DefaultValueFactory = _ => "", HelpName = "EXPRESSION" };
        var snap = RunOptions.Number("--snap", "Most bytes to keep of a frame", "BYTES", 42, 65536, 256);
        var buffer = RunOptions.Number("--buffer", "Size of the kernel's ring for each device, in MiB", "MIB", 1, 1024, 64);
        var hardware = new Option<bool>("--hardware-timestamps") { Description = "Stamps of the NIC; an error when it has none" };
        var duration = RunOptions.Length("--duration", "How long to capture, 0s: until interrupted", "0s", TimeSpan.FromDays(1), mayBeZero: true);
        var window = RunOptions.Length("--window", "Longest latency that counts as arrival", "100ms", TimeSpan.FromMinutes(1));
        var warmUp = RunOptions.Length("--warmup", "What to leave out at the start of both, at one instant", "0s", TimeSpan.FromDays(1), mayBeZero: true);
        var resultFile = new Option<string?>("--result") { Description = "Write the result as JSON into this file, too: for report, compare and export", HelpName = "FILE" };
        var percentiles = AnalyzeOptions.Percentiles();
        var worst = AnalyzeOptions.Worst();
        var perFlow = new Option<bool>("--per-flow") { Description = "Results for each flow, too" };
        var flows = AnalyzeOptions.Flows();
        var interval = AnalyzeOptions.Interval();
        var clockOffset = AnalyzeOptions.ClockOffset();
        clockOffset.Description = "Time to take off the stamps of the second device, whose clock is ahead by it; may be negative, e.g. 37s or -1500ns";
        var name = AnalyzeOptions.Name();
        var environment = AnalyzeOptions.Environment();
        environment.Description += " (default: nic=DRIVER, if both devices have the same)";
        Option[] ofMatching = [window, warmUp, percentiles, worst, perFlow, flows, interval, clockOffset, name, environment, resultFile];
        var command = new Command(
            "capture",
            "Capture on a device, or on two and match what they see at once. Exit codes: 0 done, 1 failed, 2 usage, 3 packets were dropped, 4 the clocks are unusable")
        {
            devices, folder, format, identity, filter, snap, buffer, hardware, duration,
        };
        ofMatching.ToList().ForEach(command.Add);
        command.Validators.Add(result =>
        {
            if (result.GetValue(devices) is [var one, var other] && one == other)
            {
                result.AddError($"{one} is named twice: name the device before and the one after the device under test, or one with -o");
            }

            if (result.GetValue(devices) is [_] && result.GetValue(folder) is null)
            {
                result.AddError("one device alone gives nothing to match: name the one after the device under test, too, or a folder with -o");
            }

            if (result.GetValue(folder) is not null && ofMatching.FirstOrDefault(option => result.GetResult(option) is { Implicit: false }) is { } unused)
            {
                result.AddError($"{unused.Name}: with -o files are written and nothing is matched; leave one of the two out, and analyze the files");
            }
        });
        command.SetAction(result => Failures.Report("capture", () => CaptureJob.Run(
            new CaptureSettings
            {
                Devices = result.GetRequiredValue(devices),
                Folder = result.GetValue(folder),
                Format = result.GetValue(format),
                Identity = result.GetValue(identity)?.Rule,
                ResultFile = result.GetValue(resultFile),
                Name = result.GetRequiredValue(name),
                Environment = result.GetRequiredValue(environment),
                Filter = result.GetRequiredValue(filter),
                SnapLength = result.GetValue(snap),
                BufferBytes = result.GetValue(buffer) * 1024 * 1024,
                HardwareStamps = result.GetValue(hardware),
                Duration = RunOptions.Length(result, duration) is { Ticks: > 0 } length ? length : null,
                Options = new AnalysisOptions
                {
                    Match = new MatchOptions(RunOptions.Length(result, window).Ticks * 100) { WarmUpNs = RunOptions.Length(result, warmUp).Ticks * 100 },
                    ClockOffsetNs = result.GetValue(clockOffset),
                    Percentiles = result.GetValue(percentiles) ?? Percentile.Usual,
                    Worst = result.GetValue(worst),
                    Flows = result.GetValue(perFlow) ? result.GetValue(flows) : 0,
                    IntervalNs = Nanoseconds.Of(result, interval),
                },
            },
            result.InvocationConfiguration.Output,
            result.InvocationConfiguration.Error)));
        return command;
    }
}

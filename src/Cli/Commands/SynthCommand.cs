using System.CommandLine;
using System.Globalization;
using Latlab.Cli.Synthesis;
using Latlab.Measurement.Synthesis;

namespace Latlab.Cli.Commands;

/// <summary><c>latlab synth</c>: a pair of captures with known truth.</summary>
internal static class SynthCommand
{
    public static Command Create()
    {
        var standard = new SynthesisOptions();
        var folder = new Argument<string>("DIR") { Description = "Where to write the captures before and after the device, and truth.json" };
        var format = new Option<SyntheticFormat>("--format") { Description = "Pcap: nanoseconds; PcapUs: microseconds; PcapBe: big-endian" };
        var compress = new Option<Compression>("--compress") { Description = "Compression of the captures" };
        var packets = RunOptions.Number("--packets", "Packets that depart", "N", 1, 10_000_000_000, standard.Packets);
        var rate = Real("--rate", "Packets/s", 1, 1e9, standard.Rate);
        var poisson = new Option<bool>("--poisson") { Description = "Exponential gaps instead of constant ones" };
        var size = RunOptions.Number("--size", "Frame in bytes with its 4 bytes of FCS", "BYTES", 64, 9000, standard.Size);
        var flows = RunOptions.Number("--flows", "Flows, used in turn", "N", 1, 60_000, standard.Flows);
        var kind = new Option<SyntheticKind>("--kind") { Description = "What frames hold" };
        var rewrite = new Option<SyntheticRewrite>("--rewrite") { Description = "What the device rewrites" };
        var latency = new Option<SyntheticLatency>("--latency") { Description = "How latency is distributed", DefaultValueFactory = _ => standard.Latency };
        var floor = Ns("--floor", "Lowest latency in nanoseconds", standard.FloorNs);
        var spread = Ns("--spread", "Spread of latency in nanoseconds", standard.SpreadNs);
        var stallPeriod = Ns("--stall-period", "Period of stalls in nanoseconds, 0 for none", 0);
        var stall = Ns("--stall", "Length of a stall in nanoseconds", 0);
        var drain = Ns("--drain", "Nanoseconds that a frame occupies the line after the device", standard.DrainNs);
        var loss = Share("--loss", "Share of packets with which a burst of loss begins");
        var lossBurst = RunOptions.Number("--loss-burst", "Packets lost one after the other", "N", 1, 1_000_000, 1);
        var reorder = Share("--reorder", "Share of packets that are late and may be overtaken");
        var reorderBy = Ns("--reorder-by", "How late in nanoseconds at most", standard.ReorderNs);
        var duplicatesBefore = Share("--duplicates-before", "Share of packets that the capture before sees twice");
        var duplicatesAfter = Share("--duplicates-after", "Share of packets that the device sends twice");
        var unrelated = Share("--unrelated", "Share of packets beside which the capture after sees another one");
        var early = RunOptions.Number("--early", "Arrivals of packets that departed before the start", "N", 0, 1_000_000, 0);
        var offset = new Option<long>("--clock-offset") { Description = "Nanoseconds that the later clock is ahead; may be negative", HelpName = "NS" };
        var drift = Real("--clock-drift", "Nanoseconds that the later clock gains each second", -1e6, 1e6, 0);
        var start = RunOptions.Number("--start", "First departure in nanoseconds since 1970", "NS", 0L, 4_000_000_000_000_000_000, standard.StartNs);
        var snap = RunOptions.Number("--snap", "Most bytes of a frame that the captures keep", "BYTES", 42, 9216, standard.SnapLength);
        var fcs = new Option<bool>("--fcs-after") { Description = "The capture after the device keeps the FCS" };
        var window = Ns("--window", "Longest latency that counts as arrival, for the truth, in nanoseconds", standard.WindowNs);
        var seed = RunOptions.Number("--seed", "Where randomness starts: the same seed gives the same bytes", "N", 0UL, ulong.MaxValue, 1UL);
        var command = new Command("synth", "Write a pair of captures with known truth, to test latlab and whatever else reads captures")
        {
            folder, format, compress, packets, rate, poisson, size, flows, kind, rewrite, latency, floor, spread, stallPeriod, stall, drain, loss, lossBurst,
            reorder, reorderBy, duplicatesBefore, duplicatesAfter, unrelated, early, offset, drift, start, snap, fcs, window, seed,
        };
        command.SetAction(result => Failures.Report("synth", () => SynthJob.Run(
            new SynthesisOptions
            {
                Packets = result.GetValue(packets),
                Rate = result.GetValue(rate),
                Poisson = result.GetValue(poisson),
                Size = result.GetValue(size),
                Flows = result.GetValue(flows),
                Kind = result.GetValue(kind),
                Rewrite = result.GetValue(rewrite),
                Latency = result.GetValue(latency),
                FloorNs = result.GetValue(floor),
                SpreadNs = result.GetValue(spread),
                StallPeriodNs = result.GetValue(stallPeriod),
                StallNs = result.GetValue(stall),
                DrainNs = result.GetValue(drain),
                Loss = result.GetValue(loss),
                LossBurst = result.GetValue(lossBurst),
                Reorder = result.GetValue(reorder),
                ReorderNs = result.GetValue(reorderBy),
                DuplicatesBefore = result.GetValue(duplicatesBefore),
                DuplicatesAfter = result.GetValue(duplicatesAfter),
                Unrelated = result.GetValue(unrelated),
                DepartedBeforeStart = result.GetValue(early),
                ClockOffsetNs = result.GetValue(offset),
                ClockDriftNsPerSecond = result.GetValue(drift),
                StartNs = result.GetValue(start),
                Microseconds = result.GetValue(format) == SyntheticFormat.PcapUs,
                SnapLength = result.GetValue(snap),
                FcsAfter = result.GetValue(fcs),
                WindowNs = result.GetValue(window),
                Seed = result.GetValue(seed),
            },
            result.GetRequiredValue(folder),
            result.GetValue(format),
            result.GetValue(compress),
            result.InvocationConfiguration.Output)));
        return command;
    }

    private static Option<long> Ns(string name, string description, long standard) =>
        RunOptions.Number(name, description, "NS", 0, 60_000_000_000, standard);

    private static Option<double> Share(string name, string description) => Real(name, description, 0, 1, 0);

    private static Option<double> Real(string name, string description, double lowest, double highest, double standard) => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description}: {lowest} to {highest}"),
        HelpName = "NUMBER",
        DefaultValueFactory = _ => standard,
        CustomParser = argument =>
        {
            var text = argument.Tokens[0].Value;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest)
            {
                return number;
            }

            argument.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: \"{text}\" is not possible; write a number from {lowest} to {highest}"));
            return standard;
        },
    };
}

using CsCheck;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>
/// What was put into a pair of captures comes out of their analysis, whatever their format and whatever happened to the packets.
/// </summary>
public sealed class KnownTruthTests
{
    private const long Window = 1_000_000;

    private static readonly Gen<double> Share = Gen.OneOf(Gen.Const(0.0), Gen.Double[0, 0.2]);

    internal static readonly Gen<SynthesisOptions> Options = Gen.Select(
        Gen.Select(Gen.Long[1, 3_000], Gen.Double[100_000, 10_000_000], Gen.Bool, Gen.Int[90, 300], Gen.Int[1, 5], Gen.ULong),
        Gen.Select(
            Gen.Enum<SyntheticKind>(), Gen.Enum<SyntheticRewrite>(), Gen.Enum<SyntheticLatency>(), Gen.Long[1_000, 8_000], Gen.Long[1, 3_000]),
        Gen.Select(Share, Gen.Int[1, 40], Share, Share, Share, Share, Gen.Int[0, 30]),
        Gen.Select(
            Gen.Bool,
            Gen.Bool,
            Gen.Int[0, 1],
            Gen.OneOf(0L, 37_000_000_000, -5_000_000),
            Gen.OneOf(0.0, 50_000),
            Gen.OneOf(9216, 128, 96)),
        (traffic, path, faults, other) => new SynthesisOptions
        {
            Packets = traffic.Item1,
            Rate = traffic.Item2,
            Poisson = traffic.Item3,
            Size = traffic.Item4,
            Flows = traffic.Item5,
            Seed = traffic.Item6,
            Kind = path.Item1,
            // Packets that differ in the IP id alone are all the same to what looks behind it.
            Rewrite = path is { Item1: SyntheticKind.IpIdOnly, Item2: SyntheticRewrite.Nat } ? SyntheticRewrite.Ttl : path.Item2,
            Latency = path.Item3,
            FloorNs = path.Item4,
            SpreadNs = path.Item5,
            Loss = faults.Item1,
            LossBurst = faults.Item2,
            Reorder = faults.Item3,
            // A copy is told from its packet only while both are neighbours, at most 32 packets apart: fewer than pass in a stall of 30 µs that
            // others overtake.
            DuplicatesBefore = faults.Item3 > 0 && traffic.Item2 > (other.Item1 ? 300_000 : 2_000_000) ? 0 : faults.Item4,
            DuplicatesAfter = faults.Item5,
            Unrelated = faults.Item6,
            DepartedBeforeStart = faults.Item7,
            StallPeriodNs = other.Item1 ? 200_000 : 0,
            StallNs = other.Item1 ? 30_000 : 0,
            FcsAfter = other.Item2,
            // A full second, and a multiple of 2³² ns.
            StartNs = other.Item3 == 0 ? 1_699_999_999_999_900_000 : (395_812_000L << 32) - 100_000,
            // Of whole microseconds, for captures that have no others.
            ClockOffsetNs = other.Item4,
            ClockDriftNsPerSecond = other.Item5,
            SnapLength = other.Item6,
            WindowNs = Window,
        });

    [Fact]
    public void Counters_and_latencies_are_those_that_were_made() =>
        Gen.Select(Options, Gen.Int[0, 5], Gen.Bool).Sample((options, format, ahead) =>
        {
            using var captures = new SyntheticCaptures(options, format);
            // An offset that is taken off leaves what clocks that agree would have shown.
            using var alike = new SyntheticCaptures(options with { ClockOffsetNs = 0 }, format);
            var expected = alike.Truth;
            AnalysisResult result;
            try
            {
                result = Analyze(captures, options, ahead, options.ClockOffsetNs);
            }
            catch (CaptureFormatException) when (expected.Counters!.Matched == 0)
            {
                // Of few packets all may be lost: two captures without a common packet are refused.
                return;
            }

            Assert.Equal(expected.Counters, result.Counters with { CaptureDrops = null });
            if (format is 3 or 5)
            {
                Assert.Equal(6, result.Counters.CaptureDrops);
            }

            var truth = expected.LatencyNs;
            Assert.Equal(
                (truth?.Count, truth?.Min, truth?.Mean, truth?.Max), (result.LatencyNs?.Count, result.LatencyNs?.Min, result.LatencyNs?.Mean, result.LatencyNs?.Max));
            Assert.Equal(truth?.Percentiles ?? [], result.LatencyNs?.Percentiles ?? []);
        }, iter: 400);

    [Fact]
    public void Identities_that_wrap_do_not_mislead_while_the_window_is_shorter()
    {
        var options = new SynthesisOptions
        {
            Packets = 300_000,
            Rate = 10_000_000,
            Kind = SyntheticKind.IpIdOnly,
            Loss = 0.001,
            WindowNs = Window,
            StallPeriodNs = 4_000_000,
            StallNs = 100_000,
        };
        using var captures = new SyntheticCaptures(options, 0);
        var result = Analyze(captures, options, false);
        Assert.Equal(captures.Truth.Counters, result.Counters);
        Assert.Equal(captures.Truth.LatencyNs!.Percentiles, result.LatencyNs!.Percentiles);
    }

    [Fact]
    public void Stalls_that_recur_are_episodes_with_a_period_and_a_likely_cause()
    {
        var options = new SynthesisOptions { Packets = 200_000, Rate = 1_000_000, StallPeriodNs = 4_000_000, StallNs = 200_000 };
        using var captures = new SyntheticCaptures(options, 0);
        var result = Analyze(captures, options, false);
        Assert.Equal(51, result.Episodes.Count);
        Assert.InRange(result.EpisodePeriod!.PeriodNs, 3_990_000, 4_010_000);
        Assert.Contains("CONFIG_HZ=250", result.EpisodePeriod.LikelyCause, StringComparison.Ordinal);
        Assert.All(result.Episodes, episode => Assert.InRange(episode.PeakNs, 200_000, 206_000));
    }

    [Fact]
    public void Clocks_that_are_37_seconds_apart_are_unusable_and_the_remedy_works()
    {
        var options = new SynthesisOptions { Packets = 5_000, ClockOffsetNs = 37_000_000_000, Loss = 0.01, LossBurst = 5 };
        using var captures = new SyntheticCaptures(options, 0);
        var result = Analyze(captures, options, false);
        Assert.Equal(ClockVerdict.Unusable, result.Clock!.Verdict);
        Assert.Equal(37, result.Clock.WholeSeconds);
        Assert.Contains("--clock-offset 37s", result.Clock.Reasons[0], StringComparison.Ordinal);
        Assert.Equal(captures.Truth.Counters, result.Counters);
        using var pair = CapturePair.Open(captures.Before, captures.After, new CaptureOptions());
        var corrected = pair.Analyze(new AnalysisOptions { ClockOffsetNs = 37_000_000_000 }, "test");
        Assert.Equal(ClockVerdict.Trustworthy, corrected.Clock!.Verdict);
        Assert.InRange(corrected.LatencyNs!.Max, 5_000, 6_000);
    }

    [Fact]
    public void A_drift_is_found_and_judged_by_what_it_does_to_the_latencies()
    {
        var options = new SynthesisOptions { Packets = 200_000, Rate = 100_000, ClockDriftNsPerSecond = 2_000 };
        using var captures = new SyntheticCaptures(options, 0);
        var result = Analyze(captures, options, false);
        Assert.InRange(result.Clock!.DriftNsPerSecond!.Value, 1_950, 2_050);
        Assert.Equal(ClockVerdict.Suspicious, result.Clock.Verdict);
    }

    [Theory]
    [InlineData(37_000_000_000)]
    [InlineData(-37_000_000_000)]
    [InlineData(-1_699_999_000_000_000_000)]
    public void What_no_latency_is_part_of_does_not_depend_on_what_clocks_are_apart(long offsetNs)
    {
        var options = new SynthesisOptions { Packets = 5_000, Rate = 100_000, Loss = 0.01, LossBurst = 5, Reorder = 0.1 };
        var (alike, apart) = (Result(options), Result(options with { ClockOffsetNs = offsetNs }));
        Assert.InRange(alike.Variation!.GapsAfter!.Count, 3_500, 4_000);
        Assert.Equivalent(alike.Variation.GapsAfter, apart.Variation!.GapsAfter, strict: true);
        Assert.Equivalent(alike.Variation.GapsBefore, apart.Variation.GapsBefore, strict: true);
        Assert.Equal(alike.TimeSeries!.Sent, apart.TimeSeries!.Sent);
        Assert.Equal(alike.TimeSeries.StartNs, apart.TimeSeries.StartNs);
        // A latency below 0 is no arrival.
        Assert.Equal(offsetNs < 0 ? 0 : alike.Counters.Matched, apart.TimeSeries.Arrived.Sum());
        Assert.Equal(alike.TimeSeries.Arrived.Count, apart.TimeSeries.Arrived.Count);

        static AnalysisResult Result(SynthesisOptions options)
        {
            using var captures = new SyntheticCaptures(options, 0);
            using var pair = CapturePair.Open(captures.Before, captures.After, new CaptureOptions());
            return pair.Analyze(new AnalysisOptions { Match = new MatchOptions(Window) { WarmUpNs = 10_000_000 }, IntervalNs = 1_000_000 }, "test");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(37_000_000_000)]
    public void Packets_without_a_stamp_are_counted_whatever_is_taken_off_the_others(long offsetNs)
    {
        var pair = new PairAccumulator(new AnalysisOptions { ClockOffsetNs = offsetNs });
        const long startNs = 1_700_000_000_000_000_000;
        for (var i = 0; i < 1_000; i++)
        {
            var packet = PacketRecord.Numbered(startNs + (i * 1_000), (ulong)i, 0);
            pair.Add(Tap.Ingress, [packet]);
            pair.Add(Tap.Egress, [packet with { TimeNs = i % 10 == 0 ? 0 : packet.TimeNs + offsetNs + 500 }]);
        }

        var result = pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" });
        Assert.Equal(100, result.Clock!.Missing);
        Assert.Contains(result.Clock.Reasons, reason => reason.StartsWith("100 packets have no stamp", StringComparison.Ordinal));
        Assert.Equal((startNs, startNs + 1_500), (result.Before!.FirstNs, result.After!.FirstNs));
    }

    [Fact]
    public void What_is_not_known_exactly_is_said_in_a_note()
    {
        const long startNs = 1_700_000_000_000_000_000;
        var pair = new PairAccumulator(new AnalysisOptions());
        const int packets = (2 * LatencyCounts.MostBeyond) + 10_000;
        var ingress = new PacketRecord[packets];
        var egress = new PacketRecord[packets];
        for (var i = 0; i < packets; i++)
        {
            // By turns above 17 ms, with steps of a nanosecond, and at 1 µs.
            ingress[i] = PacketRecord.Numbered(startNs + (i * 40L), (ulong)i, 0);
            egress[i] = ingress[i] with { TimeNs = ingress[i].TimeNs + (i % 2 == 0 ? 1_000 : 17_000_000 + i) };
        }

        Array.Sort(egress, (one, other) => one.TimeNs.CompareTo(other.TimeNs));
        pair.Add(Tap.Ingress, ingress);
        pair.Add(Tap.Egress, egress);

        var result = pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" });
        Assert.Equal(packets, result.Counters.Matched);
        Assert.Contains(result.Notes, note => note.StartsWith("latencies of 16777216 ns and more are counted to 8 ns only", StringComparison.Ordinal));
        Assert.Contains(result.Notes, note => note.StartsWith("differences of latency (IPDV) of 16777216 ns and more are counted to 8 ns only", StringComparison.Ordinal));
        Assert.Contains(result.Notes, note => note.Contains("packets were overtaken more than 1024 packets of their flow ago", StringComparison.Ordinal));
        Assert.Equal(8, result.HistogramNs!.BucketNs);
        Assert.InRange(result.Variation!.Ipdv!.Mean - ((17_000_000.0 + packets - 1 - 1_000) / (packets - 1)), -4, 4);
        // The last fall: the packet behind the last rise is none.
        Assert.Equal(-(17_000_000 + packets - 3 - 1_000), result.Variation.Ipdv.Min);
    }

    private static AnalysisResult Analyze(SyntheticCaptures captures, SynthesisOptions options, bool ahead, long takenOffNs = 0)
    {
        using var pair = CapturePair.Open(captures.Before, captures.After, new CaptureOptions(), insist: true);
        return pair.Analyze(
            new AnalysisOptions
            {
                Match = new MatchOptions(options.WindowNs),
                Percentiles = Percentile.Usual,
                ReadAhead = ahead,
                ClockOffsetNs = takenOffNs,
            },
            "test");
    }
}

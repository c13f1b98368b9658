using CsCheck;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Tests.Matching;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>Synthetic pairs of every kind, rewriting and format, with a warm-up: an analysis counts as the quadratic matcher does.</summary>
public sealed class NaiveSynthesisTests
{
    private const int MostPackets = 300;

    [Fact]
    public void Counters_are_those_of_the_naive_matcher() =>
        Gen.Select(KnownTruthTests.Options, Gen.Int[0, 5], Gen.Long[0, 100_000]).Sample((made, format, warmUpNs) =>
        {
            var options = made with { Packets = Math.Min(made.Packets, MostPackets) };
            using var captures = new SyntheticCaptures(options, format);
            var match = new MatchOptions(options.WindowNs) { WarmUpNs = warmUpNs };
            AnalysisResult result;
            try
            {
                using var pair = CapturePair.Open(captures.Before, captures.After, new CaptureOptions(), insist: true);
                result = pair.Analyze(new AnalysisOptions { Match = match, ClockOffsetNs = options.ClockOffsetNs }, "test");
            }
            catch (CaptureFormatException) when (captures.Truth.Counters!.Matched == 0)
            {
                return;
            }

            var rule = IdentityRule.Parse(result.Identity!.Preset) with { Depth = result.Identity.Depth };
            var before = Records(captures.Before, rule);
            var after = Records(captures.After, rule).Select(record => record with { TimeNs = record.TimeNs - options.ClockOffsetNs }).ToArray();
            var naive = new NaiveMatcher(before, after, match, before.Concat(after).Max(record => record.TimeNs)).Counters;
            naive.Remove("replicated");
            var counters = result.Counters;
            Assert.Equal(
                string.Join(" ", naive.Values),
                string.Join(
                    " ",
                    counters.WarmUpBefore,
                    counters.WarmUpAfter,
                    counters.Matched,
                    counters.Lost,
                    counters.Undecided,
                    counters.Negative,
                    counters.DuplicatedBefore,
                    counters.Recurred,
                    counters.DuplicatedAfter,
                    counters.ArrivedBeforeStart,
                    counters.UnmatchedAfter));
        }, iter: 200);

    private static List<PacketRecord> Records(string path, IdentityRule rule)
    {
        using var source = new KeyedSource(CaptureFile.Open(path), new PacketKeyer(rule, new FlowTable()));
        List<PacketRecord> all = [];
        var records = new PacketRecord[FrameBatch.Capacity];
        for (var count = source.Read(records); count > 0; count = source.Read(records))
        {
            all.AddRange(records[..count]);
        }

        return all;
    }
}

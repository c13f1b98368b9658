using System.Text;
using CsCheck;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>A result is one of the packets, and not of how they were read.</summary>
public sealed class BatchingTests : IDisposable
{
    private static readonly SynthesisOptions Traffic = new()
    {
        Packets = 60_000,
        Rate = 500_000,
        Poisson = true,
        Flows = 3,
        Loss = 0.01,
        LossBurst = 4,
        Reorder = 0.1,
        ReorderNs = 20_000,
        DuplicatesBefore = 0.001,
        DuplicatesAfter = 0.01,
        Unrelated = 0.01,
        DepartedBeforeStart = 5,
        StallPeriodNs = 4_000_000,
        StallNs = 300_000,
        ClockDriftNsPerSecond = 3_000,
    };

    private static readonly AnalysisOptions Options = new()
    {
        Match = new MatchOptions(10_000_000) { WarmUpNs = 3_000_000 },
        Flows = 4,
        IntervalNs = 1_000_000,
        Worst = 200,
    };

    private readonly SyntheticCaptures _captures = new(Traffic, 0);

    [Fact]
    public void Records_in_batches_of_any_size_and_either_tap_ahead_have_one_result()
    {
        var (before, after) = (_captures.RecordsBefore(), _captures.RecordsAfter());
        var expected = Analyze(before, after, null);
        Assert.Contains("driftNsPerSecond", expected, StringComparison.Ordinal);
        Gen.Int.Sample(seed => Assert.Equal(expected, Analyze(before, after, new Random(seed))), iter: 8);
    }

    [Fact]
    public void Files_read_on_one_thread_or_three_have_one_result()
    {
        Assert.Equal(Analyze(ahead: false), Analyze(ahead: true));

        string Analyze(bool ahead)
        {
            using var pair = CapturePair.Open(_captures.Before, _captures.After, new CaptureOptions());
            return Json(pair.Analyze(Options with { ReadAhead = ahead }, "test"));
        }
    }

    public void Dispose() => _captures.Dispose();

    /// <summary>In random batches; without a source of randomness each capture at once.</summary>
    private static string Analyze(PacketRecord[] before, PacketRecord[] after, Random? random)
    {
        var pair = new PairAccumulator(Options) { FromNs = Math.Min(before[0].TimeNs, after[0].TimeNs) + Options.Match.WarmUpNs };
        var largest = random is null ? int.MaxValue : 1 << random.Next(14);
        for (var (sent, arrived) = (0, 0); sent < before.Length || arrived < after.Length;)
        {
            var isBefore = random is null ? sent < before.Length : random.Next(2) == 0;
            ref var next = ref isBefore ? ref sent : ref arrived;
            var records = isBefore ? before : after;
            var count = Math.Min(random?.Next(largest + 1) ?? largest, records.Length - next);
            pair.Add(isBefore ? Tap.Ingress : Tap.Egress, records.AsSpan(next, count));
            next += count;
        }

        return Json(pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" }));
    }

    private static string Json(AnalysisResult result)
    {
        using var stream = new MemoryStream();
        AnalysisResultFile.Write(stream, result);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

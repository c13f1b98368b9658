using System.Text.Json;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Analysis;

public sealed class FlowResultTests : IDisposable
{
    private const int Flows = 3;

    private static readonly AnalysisOptions Options = new() { Match = new MatchOptions(10_000_000), Flows = Flows, IntervalNs = 1_000_000 };

    private readonly SyntheticCaptures _captures = new(
        new SynthesisOptions
        {
            Packets = 60_000,
            Rate = 500_000,
            Poisson = true,
            Flows = Flows,
            Loss = 0.02,
            LossBurst = 8,
            Reorder = 0.1,
            ReorderNs = 30_000,
            DuplicatesBefore = 0.002,
            DuplicatesAfter = 0.01,
            StallPeriodNs = 4_000_000,
            StallNs = 300_000,
        },
        0);

    [Fact]
    public void A_flow_among_others_has_the_results_that_it_has_alone()
    {
        var (before, after) = (_captures.RecordsBefore(), _captures.RecordsAfter());
        var together = Analyze(before, after);
        Assert.Equal(Flows, together.Flows.Count);
        foreach (var flow in together.Flows)
        {
            var alone = Analyze([.. before.Where(record => record.Flow == flow.Flow)], [.. after.Where(record => record.Flow == flow.Flow)]);
            var counters = alone.Counters;
            Assert.Equal(counters.Matched + counters.Lost + counters.Undecided + counters.Negative + counters.Implausible, flow.Sent);
            Assert.Equal(
                (counters.Matched, counters.Lost, counters.Undecided, counters.Negative, counters.Implausible),
                (flow.Matched, flow.Lost, flow.Undecided, flow.Negative, flow.Implausible));
            Assert.Equal(
                (counters.DuplicatedBefore, counters.Recurred, counters.DuplicatedAfter, counters.Reordered),
                (flow.DuplicatedBefore, flow.Recurred, flow.DuplicatedAfter, flow.Reordered));
            Assert.True(flow is { DuplicatedBefore: > 0, DuplicatedAfter: > 0, Reordered: > 0, Loss.LongestBurst: > 1 });
            Assert.Equal(Json(alone.LatencyNs), Json(flow.LatencyNs));
            Assert.Equal(Json(alone.Loss), Json(flow.Loss));
            Assert.Equal(Json(alone.Duplication), Json(flow.Duplication));
            Assert.Equal(Json(alone.Reordering), Json(flow.Reordering));
            Assert.Equal(Json(alone.Variation! with { GapsBefore = null, GapsAfter = null }), Json(flow.Variation));
        }
    }

    public void Dispose() => _captures.Dispose();

    private static AnalysisResult Analyze(PacketRecord[] before, PacketRecord[] after)
    {
        var pair = new PairAccumulator(Options);
        pair.Add(Tap.Ingress, before);
        pair.Add(Tap.Egress, after);
        return pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" });
    }

    private static string Json<T>(T part) => JsonSerializer.Serialize(part);
}

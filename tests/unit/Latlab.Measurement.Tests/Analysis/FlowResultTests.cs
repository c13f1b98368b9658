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
            Assert.Equal(Json(WithoutGaps(alone.Variation!)), Json(WithoutGaps(flow.Variation!)));
            Assert.Equal(Json(alone.Variation!.GapsBefore! with { Percentiles = [] }), Json(flow.Variation!.GapsBefore));
        }
    }

    /// <summary>Against the gaps of the packets that arrived, one by one.</summary>
    [Fact]
    public void Gaps_after_are_those_of_matched_packets_in_the_order_of_arrival()
    {
        var arrivals = new Arrivals();
        var result = Analyze(_captures.RecordsBefore(), _captures.RecordsAfter(), Options with { Observers = [arrivals] });
        foreach (var flow in result.Flows)
        {
            var times = arrivals.TimesNs.Where(arrival => arrival.Flow == flow.Flow).Select(arrival => arrival.TimeNs).ToList();
            var gaps = times.Zip(times.Skip(1), (first, second) => second - first).Where(gap => gap >= 0).ToList();
            Assert.Equal(Json(new ValueSummary(gaps.Count, gaps.Min(), gaps.Average(), gaps.Max(), [])), Json(flow.Variation!.GapsAfter));
        }
    }

    [Fact]
    public void The_courses_of_all_flows_add_up_to_the_course_of_all()
    {
        var result = Analyze(_captures.RecordsBefore(), _captures.RecordsAfter());
        var total = result.TimeSeries!;
        var rows = result.Flows.SelectMany(flow => flow.TimeSeries!.StartNs.Index().Select(row => (StartNs: row.Item, row.Index, Series: flow.TimeSeries))).ToList();
        for (var i = 0; i < total.Sent.Count; i++)
        {
            var here = rows.Where(row => row.StartNs == total.StartNs + (i * total.IntervalNs)).ToList();
            Assert.Equal(total.Sent[i], here.Sum(row => row.Series.Sent[row.Index]));
            Assert.Equal(total.Matched[i], here.Sum(row => row.Series.Matched[row.Index]));
            Assert.Equal(total.Lost[i], here.Sum(row => row.Series.Lost[row.Index]));
            Assert.Equal(total.Max[i], here.Max(row => row.Series.Max[row.Index]));
        }

        Assert.Equal(total.Sent.Sum(), rows.Sum(row => row.Series.Sent[row.Index]));
        foreach (var flow in result.Flows)
        {
            Assert.Equal(flow.TimeSeries!.StartNs.Order(), flow.TimeSeries.StartNs);
            var sum = flow.TimeSeries.Mean.Zip(flow.TimeSeries.Matched, (mean, matched) => (mean ?? 0) * matched).Sum();
            // Each interval's is rounded by half a nanosecond at most.
            Assert.InRange(((double)sum / flow.Matched) - flow.LatencyNs!.Mean!.Value, -1, 1);
        }

        Assert.DoesNotContain(result.Notes, note => note.Contains("course over time", StringComparison.Ordinal));
    }

    /// <summary>Those whose packets departed first have one, though a packet of another arrives twice before.</summary>
    [Fact]
    public void Flows_that_have_no_result_of_their_own_take_no_part()
    {
        var result = Analyze(_captures.RecordsBefore(), _captures.RecordsAfter(), Options with { Flows = 2 });
        Assert.Equal([0, 1], result.Flows.Select(flow => flow.Flow));
        Assert.All(result.Flows, flow => Assert.Equal(flow.Sent, flow.TimeSeries!.Sent.Sum()));
    }

    public void Dispose() => _captures.Dispose();

    private static AnalysisResult Analyze(PacketRecord[] before, PacketRecord[] after, AnalysisOptions? options = null)
    {
        var pair = new PairAccumulator(options ?? Options);
        pair.Add(Tap.Ingress, before);
        pair.Add(Tap.Egress, after);
        return pair.Finish("test", new CaptureFacts { Name = "before" }, new CaptureFacts { Name = "after" });
    }

    private static VariationStatistics WithoutGaps(VariationStatistics variation) =>
        variation with { GapsBefore = null, GapsAfter = null, GapHistogramBefore = null, GapHistogramAfter = null };

    private sealed class Arrivals : IMatchObserver
    {
        public List<(ushort Flow, long TimeNs)> TimesNs { get; } = [];

        public void OnSettled(ReadOnlySpan<SettledPacket> packets)
        {
        }

        public void OnArrived(ReadOnlySpan<ArrivedPacket> packets)
        {
            foreach (var packet in packets)
            {
                TimesNs.Add((packet.Flow, packet.ArrivedNs));
            }
        }
    }

    private static string Json<T>(T part) => JsonSerializer.Serialize(part);
}

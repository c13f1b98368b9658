using Latlab.Measurement.Clocks;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>
/// All statistics of a pair of captures. Each goes through a batch by itself: a small loop over columns that are in the cache.
/// </summary>
internal sealed class PairStatistics : IBatchObserver
{
    private readonly AnalysisOptions _options;
    private readonly CapturedColumns _before = new();
    private readonly CapturedColumns _after = new();
    private readonly IBatchObserver[] _observers;

    public PairStatistics(AnalysisOptions options)
    {
        _options = options;
        _observers = [.. options.Observers.Select(observer => new RowObserver(observer))];
        Flows = new FlowMeter(options.Flows);
        Series = new TimeSeriesMeter(options.IntervalNs, options.Match.MergeOffsetNs, HasFlows ? Flows : null);
        Worst = new WorstPackets(options.Worst);
        StampsAfter = new StampMeter(-options.ClockOffsetNs);
    }

    public TimeSeriesMeter Series { get; }

    public DelayVariationMeter Variation { get; } = new();

    public LossMeter Loss { get; } = new();

    public WorstPackets Worst { get; }

    public LatencyEnvelope Envelope { get; } = new();

    public FlowMeter Flows { get; }

    public ReorderingMeter Reordering { get; } = new();

    public JitterMeter Jitter { get; } = new();

    public StampMeter StampsBefore { get; } = new();

    /// <summary>Its packets come without the offset that the user knows of.</summary>
    public StampMeter StampsAfter { get; }

    public GapMeter GapsBefore { get; } = new();

    public GapMeter GapsAfter { get; } = new();

    public FlowGapMeter FlowGapsBefore { get; } = new();

    public FlowGapMeter FlowGapsAfter { get; } = new();

    private bool HasFlows => _options.Flows > 0;

    public void OnSettled(in SettledBatch packets)
    {
        if (HasFlows)
        {
            // Before the course over time, which tells flows of it: which of them count is known then.
            Flows.Add(packets);
            FlowGapsBefore.Add(packets.SentNs, packets.Flows);
        }

        Series.Add(packets);
        Variation.Add(packets);
        Loss.Add(packets);
        Worst.Add(packets);
        Envelope.Add(packets);
        foreach (var observer in _observers)
        {
            observer.OnSettled(packets);
        }
    }

    public void OnArrived(in ArrivedBatch packets)
    {
        Series.Add(packets);
        Reordering.Add(packets);
        Jitter.Add(packets);
        if (HasFlows)
        {
            FlowGapsAfter.Add(packets.ArrivedNs, packets.Flows);
        }

        foreach (var observer in _observers)
        {
            observer.OnArrived(packets);
        }
    }

    public void OnDuplicate(ushort flow, bool isFirst)
    {
        if (HasFlows)
        {
            Flows.AddDuplicate(flow, isFirst);
        }
    }

    /// <summary>Stamps of the packets that a tap saw next, at least one, before they are matched.</summary>
    /// <param name="tap">The tap.</param>
    /// <param name="timesNs">The stamps.</param>
    /// <param name="fromNs">When the warm-up ends, by the ingress clock.</param>
    public void OnCaptured(Tap tap, ReadOnlySpan<long> timesNs, long fromNs)
    {
        if (tap == Tap.Ingress)
        {
            Series.Start(timesNs, fromNs);
        }
        else
        {
            fromNs += _options.Match.MergeOffsetNs;
        }

        var (columns, stamps, gaps) = tap == Tap.Ingress ? (_before, StampsBefore, GapsBefore) : (_after, StampsAfter, GapsAfter);
        var captured = columns.Next(timesNs);
        stamps.Add(captured);
        gaps.Add(captured, fromNs);
    }
}

using Latlab.Measurement.Clocks;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>
/// All statistics of a pair of captures. Each goes through a batch by itself: a small loop over columns that are in the cache.
/// </summary>
internal sealed class PairStatistics(AnalysisOptions options) : IBatchObserver
{
    private readonly CapturedColumns _before = new();
    private readonly CapturedColumns _after = new();
    private readonly IBatchObserver[] _observers = [.. options.Observers.Select(observer => new RowObserver(observer))];

    public TimeSeriesMeter Series { get; } = new(options.IntervalNs, options.Match.MergeOffsetNs);

    public DelayVariationMeter Variation { get; } = new();

    public LossMeter Loss { get; } = new();

    public WorstPackets Worst { get; } = new(options.Worst);

    public LatencyEnvelope Envelope { get; } = new();

    public FlowMeter Flows { get; } = new(options.Flows);

    public ReorderingMeter Reordering { get; } = new();

    public JitterMeter Jitter { get; } = new();

    public StampMeter StampsBefore { get; } = new();

    /// <summary>Its packets come without the offset that the user knows of.</summary>
    public StampMeter StampsAfter { get; } = new(-options.ClockOffsetNs);

    public GapMeter GapsBefore { get; } = new();

    public GapMeter GapsAfter { get; } = new();

    public void OnSettled(in SettledBatch packets)
    {
        Series.Add(packets);
        Variation.Add(packets);
        Loss.Add(packets);
        Worst.Add(packets);
        Envelope.Add(packets);
        if (options.Flows > 0)
        {
            Flows.Add(packets);
        }

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
        foreach (var observer in _observers)
        {
            observer.OnArrived(packets);
        }
    }

    public void OnDuplicate(ushort flow, bool isFirst)
    {
        if (options.Flows > 0)
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
            fromNs += options.Match.MergeOffsetNs;
        }

        var (columns, stamps, gaps) = tap == Tap.Ingress ? (_before, StampsBefore, GapsBefore) : (_after, StampsAfter, GapsAfter);
        var captured = columns.Next(timesNs);
        stamps.Add(captured);
        gaps.Add(captured, fromNs);
    }
}

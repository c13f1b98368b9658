using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>
/// Analyses two captures that both have both directions: each direction for itself, in one pass. A packet of the other direction departs
/// where the usual ones arrive. Used once.
/// </summary>
internal sealed class DirectedAnalyzer
{
    private readonly AnalysisOptions _options;
    private readonly PairAccumulator _forward;
    private readonly PairAccumulator _reverse;
    private readonly Side _before;
    private readonly Side _after;

    /// <param name="before">The capture before the device.</param>
    /// <param name="after">The capture after it.</param>
    /// <param name="directions">Which way packets go: what the captures' tables of flows were made with.</param>
    /// <param name="options">What to find out; <see cref="AnalysisOptions.Observers"/> are told of the usual direction's packets only.</param>
    public DirectedAnalyzer(DirectedSource before, DirectedSource after, TrafficDirections directions, AnalysisOptions options)
    {
        (_options, var reverse) = DirectedResult.OptionsOf(options, directions);
        _forward = new PairAccumulator(_options);
        _reverse = new PairAccumulator(reverse);
        _before = new Side(before);
        _after = new Side(after);
    }

    /// <summary>Analyses to the end of both captures, or until cancelled.</summary>
    /// <returns>The result of the usual direction, with that of the other one in <see cref="AnalysisResult.Reverse"/>.</returns>
    /// <inheritdoc cref="PairAnalyzer.Run"/>
    public AnalysisResult Run(string madeBy, Action? progress, CancellationToken cancellationToken)
    {
        // What the clock of the capture after is ahead.
        var aheadNs = _options.ClockOffsetNs + _options.Match.MergeOffsetNs;
        _before.Read();
        _after.Read();
        var startNs = Math.Min(_before.FirstNs, _after.Ended ? long.MaxValue : _after.FirstNs - aheadNs);
        _forward.FromNs = startNs == long.MaxValue ? 0 : startNs + _options.Match.WarmUpNs;
        _reverse.FromNs = _forward.FromNs + aheadNs;
        HandOver(_before, Tap.Ingress);
        HandOver(_after, Tap.Egress);
        for (var batches = 0; !(_before.Ended && _after.Ended) && !cancellationToken.IsCancellationRequested; batches++)
        {
            var isBefore = !_before.Ended && (_after.Ended || _before.TimeNs <= _after.TimeNs - aheadNs);
            var side = isBefore ? _before : _after;
            side.Read();
            HandOver(side, isBefore ? Tap.Ingress : Tap.Egress);
            if ((batches & 63) == 0)
            {
                progress?.Invoke();
            }
        }

        var isPartial = cancellationToken.IsCancellationRequested;
        var reverse = _reverse.Finish(madeBy, DirectedResult.OfReverse(_after.Facts), DirectedResult.OfReverse(_before.Facts), isPartial);
        var forward = _forward.Finish(madeBy, _before.Facts, _after.Facts, isPartial);
        return DirectedResult.Join(forward, reverse, _before.Flows, _after.Flows);
    }

    private void HandOver(Side side, Tap tap)
    {
        var other = tap == Tap.Ingress ? Tap.Egress : Tap.Ingress;
        if (!side.Ended)
        {
            _forward.Add(tap, side.Forward);
            _reverse.Add(other, side.Reverse);
        }

        if (side is { Ended: true, LastNs: { } lastNs })
        {
            // The capture lasted until then, in both directions.
            _forward.Advance(tap, lastNs);
            _reverse.Advance(other, lastNs);
        }

        // A direction in which nothing comes for a while does not hold up the other tap.
        _forward.Advance(tap, side.TimeNs);
        _reverse.Advance(other, side.TimeNs);
    }

    private sealed class Side(DirectedSource source)
    {
        private readonly PacketRecord[] _records = new PacketRecord[FrameBatch.Capacity];
        private readonly DirectionSplit _split = new(source.Flows);

        public CaptureFacts Facts => source.Records.Facts;

        public FlowTable Flows => source.Flows;

        public bool Ended { get; private set; }

        /// <summary>The first stamp of what was read last, by its own clock; the highest value at the end.</summary>
        public long FirstNs { get; private set; }

        /// <summary>How far it has been read, by its own clock; the highest value at the end.</summary>
        public long TimeNs => Ended ? long.MaxValue : _split.TimeNs;

        /// <summary>Stamp of the last frame, or of the last packet that was read.</summary>
        public long? LastNs { get; private set; }

        public Span<PacketRecord> Forward => _split.Forward;

        public Span<PacketRecord> Reverse => _split.Reverse;

        public void Read()
        {
            var count = source.Records.Read(_records);
            Ended = count == 0;
            FirstNs = Ended ? long.MaxValue : _records[0].TimeNs;
            LastNs = Ended ? source.Records.Facts.LastFrameNs ?? LastNs : _records[count - 1].TimeNs;
            if (!Ended)
            {
                _split.Take(_records.AsSpan(0, count));
            }
        }
    }
}

/// <summary>A capture's packets and the table of their flows, which knows their directions.</summary>
internal sealed record DirectedSource(IRecordSource Records, FlowTable Flows);

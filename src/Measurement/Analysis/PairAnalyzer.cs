using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>
/// Analyses two captures: reads the one that lags, merges, matches and counts, in memory that depends on the window and not on the length. Used once.
/// </summary>
public sealed class PairAnalyzer
{
    private readonly AnalysisOptions _options;
    private readonly PairStatistics _statistics;
    private readonly StreamMatcher _matcher;
    private readonly Side _before;
    private readonly Side _after;
    private long _fromNs;

    /// <summary>Prepares; nothing is read yet.</summary>
    /// <param name="before">The capture before the device.</param>
    /// <param name="after">The capture after it.</param>
    /// <param name="options">What to find out.</param>
    public PairAnalyzer(IRecordSource before, IRecordSource after, AnalysisOptions options)
    {
        _options = options;
        _statistics = new PairStatistics(options);
        _matcher = new StreamMatcher(options.Match, _statistics);
        _before = new Side(Tap.Ingress, before);
        _after = new Side(Tap.Egress, after);
    }

    /// <summary>Analyses to the end of both captures, or until cancelled: then the result is <see cref="AnalysisResult.Partial"/>.</summary>
    /// <param name="madeBy">For <see cref="AnalysisResult.MadeBy"/>.</param>
    /// <param name="progress">Called between batches, often.</param>
    /// <param name="cancellationToken">Ends the analysis early, with what there is.</param>
    /// <exception cref="IOException">A capture cannot be read.</exception>
    public AnalysisResult Run(string madeBy, Action? progress = null, CancellationToken cancellationToken = default)
    {
        _before.Read();
        _after.Read();
        _fromNs = Math.Min(_before.FirstNs, _after.FirstNs - _options.ClockOffsetNs - _options.Match.MergeOffsetNs);
        _fromNs = _fromNs == long.MaxValue ? 0 : _fromNs + _options.Match.WarmUpNs;
        var batches = 0;
        HandOver(_before);
        HandOver(_after);
        while (!(_before.Ended && _after.Ended) && !cancellationToken.IsCancellationRequested)
        {
            var side = (_matcher.Lagging == Tap.Ingress && !_before.Ended) || _after.Ended ? _before : _after;
            side.Read();
            HandOver(side);
            if ((batches++ & 63) == 0)
            {
                progress?.Invoke();
            }
        }

        var endNs = Math.Max(
            _statistics.StampsBefore.LatestNs ?? long.MinValue,
            (_statistics.StampsAfter.LatestNs ?? 0) - _options.Match.MergeOffsetNs);
        var matched = _matcher.Finish(endNs);
        return ResultBuilder.Build(madeBy, _options, _statistics, matched, _before.Source.Facts, _after.Source.Facts)
            with { Partial = cancellationToken.IsCancellationRequested };
    }

    private void HandOver(Side side)
    {
        if (side.Ended)
        {
            _matcher.Advance(side.Tap, long.MaxValue);
            return;
        }

        if (side.Tap == Tap.Egress && _options.ClockOffsetNs != 0)
        {
            side.Shift(-_options.ClockOffsetNs);
        }

        _statistics.OnCaptured(side.Tap, side.Records, _fromNs);
        _matcher.Add(side.Tap, side.Records);
    }

    private sealed class Side(Tap tap, IRecordSource source)
    {
        private readonly PacketRecord[] _buffer = new PacketRecord[FrameBatch.Capacity];
        private int _count;

        public Tap Tap => tap;

        public IRecordSource Source => source;

        public bool Ended { get; private set; }

        public ReadOnlySpan<PacketRecord> Records => _buffer.AsSpan(0, _count);

        public long FirstNs => _count > 0 ? _buffer[0].TimeNs : long.MaxValue;

        public void Read()
        {
            _count = source.Read(_buffer);
            Ended = _count == 0;
        }

        public void Shift(long byNs)
        {
            foreach (ref var record in _buffer.AsSpan(0, _count))
            {
                record = record with { TimeNs = record.TimeNs + byNs };
            }
        }
    }
}

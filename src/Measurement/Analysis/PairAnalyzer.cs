using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>
/// Analyses two captures: reads the one that lags, in memory that depends on the window and not on the length. Used once.
/// </summary>
/// <param name="before">The capture before the device.</param>
/// <param name="after">The capture after it.</param>
/// <param name="options">What to find out.</param>
public sealed class PairAnalyzer(IRecordSource before, IRecordSource after, AnalysisOptions options)
{
    private readonly PairAccumulator _pair = new(options);
    private readonly Side _before = new(Tap.Ingress, before);
    private readonly Side _after = new(Tap.Egress, after);

    /// <summary>
    /// Analyses to the end of both captures, or until cancelled: then the result is <see cref="AnalysisResult.Partial"/>.
    /// </summary>
    /// <param name="madeBy">For <see cref="AnalysisResult.MadeBy"/>.</param>
    /// <param name="progress">Called between batches, often.</param>
    /// <param name="cancellationToken">Ends the analysis early, with what there is.</param>
    /// <exception cref="IOException">A capture cannot be read.</exception>
    public AnalysisResult Run(string madeBy, Action? progress = null, CancellationToken cancellationToken = default)
    {
        _before.Read();
        _after.Read();
        var afterNs = _after.FirstNs == long.MaxValue ? long.MaxValue : _after.FirstNs - options.ClockOffsetNs - options.Match.MergeOffsetNs;
        var startNs = Math.Min(_before.FirstNs, afterNs);
        _pair.FromNs = startNs == long.MaxValue ? 0 : startNs + options.Match.WarmUpNs;
        HandOver(_before);
        HandOver(_after);
        for (var batches = 0; !(_before.Ended && _after.Ended) && !cancellationToken.IsCancellationRequested; batches++)
        {
            var side = (_pair.Lagging == Tap.Ingress && !_before.Ended) || _after.Ended ? _before : _after;
            side.Read();
            HandOver(side);
            if ((batches & 63) == 0)
            {
                progress?.Invoke();
            }
        }

        return _pair.Finish(madeBy, before.Facts, after.Facts, cutShort: cancellationToken.IsCancellationRequested);
    }

    private void HandOver(Side side)
    {
        if (side.Ended)
        {
            if (side.LastFrameNs is { } lastNs)
            {
                _pair.Advance(side.Tap, lastNs);
            }

            _pair.Advance(side.Tap, long.MaxValue);
        }
        else
        {
            _pair.Add(side.Tap, side.Columns.Packets);
        }
    }

    private sealed class Side(Tap tap, IRecordSource source)
    {
        private readonly IColumnSource? _source = source is ReadAheadSource ? null : ColumnSource.Of(source);

        public Tap Tap => tap;

        public bool Ended { get; private set; }

        /// <summary>What was read last.</summary>
        public PacketColumns Columns { get; private set; } = new();

        /// <summary>The capture lasted until then at least, also where its last frames are no packets.</summary>
        public long? LastFrameNs => source.Facts.LastFrameNs;

        public long FirstNs => Columns.Count == 0 ? long.MaxValue : Columns.TimesNs[0];

        public void Read()
        {
            if (_source is null)
            {
                // What another thread has read is not copied once more.
                Columns = ((ReadAheadSource)source).Next();
            }
            else
            {
                _source.Read(Columns);
            }

            Ended = Columns.Count == 0;
        }
    }
}

using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Analysis;

/// <summary>Matches and counts what two taps see, as it is given: from files or live. Not thread-safe.</summary>
public sealed class PairAccumulator : ITapSink
{
    private readonly AnalysisOptions _options;
    private readonly PairStatistics _statistics;
    private readonly StreamMatcher _matcher;
    private readonly PacketColumns _columns = new();
    private readonly long[] _shiftedNs = new long[PacketColumns.Capacity];

    /// <summary>Starts.</summary>
    /// <param name="options">What to find out; the clock offset is taken off here, and must not be before.</param>
    public PairAccumulator(AnalysisOptions options)
    {
        _options = options;
        _statistics = new PairStatistics(options);
        _matcher = new StreamMatcher(options.Match, _statistics);
    }

    /// <summary>From when on packets count for gaps: after the warm-up. Nanoseconds of the ingress clock.</summary>
    public long FromNs { get; set; }

    /// <summary>The tap whose records are needed next.</summary>
    public Tap Lagging => _matcher.Lagging;

    /// <summary>Records of <paramref name="tap"/> that wait for the other tap to catch up.</summary>
    public long Waiting(Tap tap) => _matcher.Waiting(tap);

    /// <summary>Adds what <paramref name="tap"/> saw next.</summary>
    public void Add(Tap tap, Span<PacketRecord> records)
    {
        while (!records.IsEmpty)
        {
            var count = Math.Min(records.Length, PacketColumns.Capacity);
            _columns.Set(records[..count]);
            Add(tap, _columns.Packets);
            records = records[count..];
        }
    }

    /// <summary>The same of columns.</summary>
    internal void Add(Tap tap, in PacketBatch packets)
    {
        if (tap == Tap.Egress && _options.ClockOffsetNs != 0)
        {
            for (var i = 0; i < packets.Count; i++)
            {
                _shiftedNs[i] = packets.TimesNs[i] - _options.ClockOffsetNs;
            }

            AddShifted(tap, packets.At(_shiftedNs.AsSpan(0, packets.Count)));
            return;
        }

        AddShifted(tap, packets);
    }

    private void AddShifted(Tap tap, in PacketBatch packets)
    {
        if (packets.Count > 0)
        {
            _statistics.OnCaptured(tap, packets.TimesNs, FromNs);
            _matcher.Add(tap, packets);
        }
    }

    /// <summary><paramref name="tap"/> has nothing more from before <paramref name="timeNs"/>, by its own clock.</summary>
    public void Advance(Tap tap, long timeNs) =>
        _matcher.Advance(tap, tap == Tap.Egress && timeNs != long.MaxValue ? timeNs - _options.ClockOffsetNs : timeNs);

    /// <summary>Settles what is open and gives the result. Once.</summary>
    /// <param name="madeBy">For <see cref="AnalysisResult.MadeBy"/>.</param>
    /// <param name="before">What is known of the capture before.</param>
    /// <param name="after">What is known of the capture after.</param>
    /// <param name="cutShort">Whether one of them may not have been read as far as the other.</param>
    public AnalysisResult Finish(string madeBy, CaptureFacts before, CaptureFacts after, bool cutShort = false) =>
        ResultBuilder.Build(madeBy, _options, _statistics, _matcher.Finish(cutShort), before, after) with { Partial = cutShort };
}

namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches the records of two taps as they come. Each tap's records are added in the order of capture, the taps in any interleaving and
/// batch size: records have their turns by capture time, so the result is the same. Needs memory for two windows of packets at most and for
/// the lead that one tap has over the other. Not thread-safe.
/// </summary>
public sealed class StreamMatcher : ITapSink
{
    private readonly PacketMatcher _matcher;
    private readonly ArrivalQueue _arrivals = new();
    private readonly PacketColumns _columns = new();
    private readonly Turns _ingress;
    private readonly Turns _egress;

    /// <summary>Starts.</summary>
    /// <param name="options">How to match.</param>
    /// <param name="observer">Is told what is found.</param>
    public StreamMatcher(MatchOptions options, IMatchObserver observer)
        : this(options, new RowObserver(observer))
    {
    }

    internal StreamMatcher(MatchOptions options, IBatchObserver observer)
    {
        _matcher = new PacketMatcher(options, observer);
        _ingress = new Turns(0, _matcher.Departures);
        _egress = new Turns(options.MergeOffsetNs, _arrivals);
    }

    /// <summary>The tap that lags: its records are needed next.</summary>
    public Tap Lagging => _ingress.BoundNs <= _egress.BoundNs ? Tap.Ingress : Tap.Egress;

    /// <summary>Records of <paramref name="tap"/> that wait for the other tap to catch up.</summary>
    public long Waiting(Tap tap) => tap == Tap.Egress ? _arrivals.Count + _egress.Held : _matcher.WaitingDepartures + _ingress.Held;

    /// <summary>Adds what <paramref name="tap"/> saw next.</summary>
    public void Add(Tap tap, ReadOnlySpan<PacketRecord> records)
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
        (tap == Tap.Ingress ? _ingress : _egress).Add(packets);
        Match();
    }

    void ITapSink.Add(Tap tap, Span<PacketRecord> records) => Add(tap, records);

    /// <summary>
    /// Says that <paramref name="tap"/> has nothing more to add from before <paramref name="timeNs"/>, so that an idle tap
    /// does not hold up the other.
    /// </summary>
    public void Advance(Tap tap, long timeNs)
    {
        (tap == Tap.Ingress ? _ingress : _egress).Advance(timeNs);
        Match();
    }

    /// <summary>Settles what is open. To be called once, after the last record.</summary>
    /// <param name="captureEndNs">Time, by the ingress clock, up to which both taps' captures are complete, and after which no record was
    /// added.</param>
    public MatchResult Finish(long captureEndNs)
    {
        End();
        Match();
        return Finished(captureEndNs == long.MaxValue ? captureEndNs : _ingress.TurnAt(captureEndNs));
    }

    /// <summary>The same where the captures end with what was added, or advanced to, last.</summary>
    /// <param name="cutShort">
    /// Whether one of them may not have been read as far as the other: then both end with it, and arrivals behind that are in no counter. Else
    /// they end with the one that lasts longer: a tap that sees nothing more may have nothing to see.
    /// </param>
    public MatchResult Finish(bool cutShort)
    {
        End();
        if (!cutShort)
        {
            Match();
            return Finished(Math.Max(_ingress.KnownNs, _egress.KnownNs));
        }

        var endNs = Math.Min(_ingress.KnownNs, _egress.KnownNs);
        MatchBefore(endNs + 1);
        _matcher.Depart(endNs);
        return Finished(endNs);
    }

    private void End()
    {
        _ingress.Advance(long.MaxValue);
        _egress.Advance(long.MaxValue);
    }

    private MatchResult Finished(long endNs)
    {
        _matcher.Finish(endNs);
        return new MatchResult(_matcher.Counts, _ingress.StepsBack, _egress.StepsBack, _ingress.Returns + _egress.Returns)
        {
            FirstStepBeforeNs = _ingress.FirstStepBackNs,
            FirstStepAfterNs = _egress.FirstStepBackNs,
        };
    }

    /// <summary>
    /// Arrivals whose turn is before that of any departure still to come. At the same time the departure goes first: a latency of 0 is an
    /// arrival, not a paradox.
    /// </summary>
    private void Match()
    {
        MatchBefore(_ingress.BoundNs);
        _matcher.Depart(_arrivals.Count > 0 ? _arrivals.Arrivals.TurnsNs[0] : _egress.BoundNs);
    }

    private void MatchBefore(long boundNs)
    {
        while (_arrivals.Count > 0 && _arrivals.Arrivals.TurnsNs[0] < boundNs)
        {
            var arrivals = _arrivals.Arrivals;
            var late = arrivals.TurnsNs.IndexOfAnyInRange(boundNs, long.MaxValue);
            var count = late < 0 ? arrivals.Count : late;
            _matcher.Arrive(arrivals.Slice(0, count));
            _arrivals.Remove(count);
        }
    }
}

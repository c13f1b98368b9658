namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches the records of two taps as they come. Each tap's records are added in the order of capture, the taps in any interleaving and batch size:
/// records are merged by capture time before they are matched, so the result is the same. Needs memory for two windows of packets at most and for
/// the lead that one tap has over the other. Not thread-safe.
/// </summary>
/// <param name="options">How to match.</param>
/// <param name="observer">Is told what is found.</param>
public sealed class StreamMatcher(MatchOptions options, IMatchObserver observer)
{
    private readonly TapQueue _ingress = new(0);
    private readonly TapQueue _egress = new(options.MergeOffsetNs);
    private readonly PacketMatcher _matcher = new(options, observer);

    /// <summary>Records of <paramref name="tap"/> that wait for the other tap to catch up.</summary>
    public int Waiting(Tap tap) => Queue(tap).Count;

    /// <summary>The tap that lags: its records are needed next.</summary>
    public Tap Lagging => _ingress.KeyNs <= _egress.KeyNs ? Tap.Ingress : Tap.Egress;

    /// <summary>Adds what <paramref name="tap"/> saw next.</summary>
    public void Add(Tap tap, ReadOnlySpan<PacketRecord> records)
    {
        Queue(tap).Add(records);
        Drain();
    }

    /// <summary>
    /// Says that <paramref name="tap"/> has nothing more to add from before <paramref name="timeNs"/>, so that an idle tap
    /// does not hold up the other.
    /// </summary>
    public void Advance(Tap tap, long timeNs)
    {
        Queue(tap).Advance(timeNs);
        Drain();
    }

    /// <summary>Settles what is open. To be called once, after the last record.</summary>
    /// <param name="captureEndNs">Time, by the ingress clock, up to which both taps' captures are complete, and after which no record was added.</param>
    public MatchResult Finish(long captureEndNs)
    {
        _ingress.Advance(long.MaxValue);
        _egress.Advance(long.MaxValue);
        Drain();
        _matcher.Finish(captureEndNs);
        return new MatchResult(_matcher.Counts, _ingress.ClockSteps, _egress.ClockSteps);
    }

    private TapQueue Queue(Tap tap) => tap == Tap.Ingress ? _ingress : _egress;

    /// <summary>At the same time the departure goes first: a latency of 0 is an arrival, not a paradox.</summary>
    private void Drain()
    {
        while (true)
        {
            if (_ingress.Ready && _ingress.KeyNs <= _egress.KeyNs)
            {
                _matcher.Depart(_ingress.KeyNs, _ingress.Head);
                _ingress.RemoveHead();
            }
            else if (_egress.Ready && _egress.KeyNs < _ingress.KeyNs)
            {
                _matcher.Arrive(_egress.KeyNs, _egress.Head);
                _egress.RemoveHead();
            }
            else
            {
                break;
            }
        }

        _matcher.Flush();
    }
}

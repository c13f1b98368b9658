namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches the records of two taps as they come. Each tap's records are added in the order of capture, the taps in any interleaving and batch size:
/// records are merged by capture time before they are matched, so the result is the same. Needs memory for one window of packets and for the lead
/// that one tap has over the other. Not thread-safe.
/// </summary>
/// <param name="windowNs">Longest latency that counts as arrival (Tmax of RFC 7680), in nanoseconds.</param>
public sealed class StreamMatcher(long windowNs)
{
    private readonly TapQueue _ingress = new();
    private readonly TapQueue _egress = new();
    private readonly PacketMatcher _matcher = new(windowNs);

    /// <summary>Records of <paramref name="tap"/> that wait for the other tap to catch up.</summary>
    public int Waiting(Tap tap) => Queue(tap).Count;

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
    /// <param name="captureEndNs">Time up to which both taps' captures are complete, and after which no record was added.</param>
    public MatchResult Finish(long captureEndNs)
    {
        _ingress.Advance(long.MaxValue);
        _egress.Advance(long.MaxValue);
        Drain();
        return _matcher.Finish(captureEndNs, _ingress.ClockSteps + _egress.ClockSteps);
    }

    private TapQueue Queue(Tap tap) => tap == Tap.Ingress ? _ingress : _egress;

    /// <summary>At the same time the departure goes first: a latency of 0 is an arrival, not a paradox.</summary>
    private void Drain()
    {
        while (true)
        {
            if (_ingress.Count > 0
                && (_egress.Count > 0 ? _ingress.HeadKeyNs <= _egress.HeadKeyNs : _ingress.HeadKeyNs <= _egress.WatermarkNs))
            {
                var keyNs = _ingress.HeadKeyNs;
                _matcher.Depart(keyNs, _ingress.Take());
            }
            else if (_egress.Count > 0 && (_ingress.Count > 0 || _egress.HeadKeyNs < _ingress.WatermarkNs))
            {
                var keyNs = _egress.HeadKeyNs;
                _matcher.Arrive(keyNs, _egress.Take());
            }
            else
            {
                return;
            }
        }
    }
}

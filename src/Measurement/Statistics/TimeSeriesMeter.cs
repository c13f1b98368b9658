using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// The course over time, and all latencies: an interval's latencies are added to the total when it is over, so that each packet is counted once.
/// </summary>
/// <param name="intervalNs">Length of an interval in nanoseconds.</param>
public sealed class TimeSeriesMeter(long intervalNs)
{
    /// <summary>Most intervals: what is later (twelve days, for a second each) is counted in the last.</summary>
    public const int MostIntervals = 1 << 20;

    private readonly LatencyCounts _current = new();
    private readonly List<Interval> _intervals = [];
    private readonly List<long> _arrived = [];
    private long _startNs;
    private long _endNs = long.MinValue;
    private long _sent;
    private long _lost;

    /// <summary>All latencies of matched packets; those of the current interval only after <see cref="Finish"/>.</summary>
    public LatencyCounts Total { get; } = new();

    /// <summary>Adds first arrivals, in the order of arrival, before their packets are added as settled.</summary>
    public void Add(ReadOnlySpan<ArrivedPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            Start(packet.SentNs);
            var interval = (int)Math.Clamp((packet.ArrivedNs - _startNs) / intervalNs, 0, MostIntervals - 1);
            while (_arrived.Count <= interval)
            {
                _arrived.Add(0);
            }

            _arrived[interval]++;
        }
    }

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(ReadOnlySpan<SettledPacket> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            if (packet.SentNs >= _endNs)
            {
                GoTo(packet.SentNs);
            }

            switch (packet.Fate)
            {
                case Fate.Matched:
                    _current.Add(packet.LatencyNs);
                    _sent++;
                    break;
                case Fate.Lost:
                    _sent++;
                    _lost++;
                    break;
                case Fate.Undecided or Fate.Negative:
                    _sent++;
                    break;
            }
        }
    }

    /// <summary>Ends the last interval; null when there was no packet. To be called once, after the last packet.</summary>
    public TimeSeries? Finish()
    {
        if (_endNs == long.MinValue)
        {
            return null;
        }

        EndInterval();
        return new TimeSeries
        {
            IntervalNs = intervalNs,
            StartNs = _startNs,
            Sent = [.. _intervals.Select(interval => interval.Sent)],
            Matched = [.. _intervals.Select(interval => interval.Matched)],
            Lost = [.. _intervals.Select(interval => interval.Lost)],
            Arrived = [.. Enumerable.Range(0, _intervals.Count).Select(index => index < _arrived.Count ? _arrived[index] : 0)],
            P50 = [.. _intervals.Select(interval => interval.P50)],
            P99 = [.. _intervals.Select(interval => interval.P99)],
            Max = [.. _intervals.Select(interval => interval.Max)],
        };
    }

    private void Start(long timeNs)
    {
        if (_endNs == long.MinValue)
        {
            _startNs = timeNs;
            _endNs = timeNs + intervalNs;
        }
    }

    private void GoTo(long timeNs)
    {
        Start(timeNs);
        while (timeNs >= _endNs)
        {
            if (_intervals.Count == MostIntervals - 1)
            {
                _endNs = long.MaxValue;
                return;
            }

            EndInterval();
            _endNs += intervalNs;
        }
    }

    private void EndInterval()
    {
        var any = _current.Count > 0;
        _intervals.Add(new Interval(
            _sent,
            _current.Count,
            _lost,
            any ? _current.At(Percentile.P50) : null,
            any ? _current.At(Percentile.P99) : null,
            any ? _current.Max : null));
        if (any)
        {
            Total.Add(_current);
            _current.Clear();
        }

        (_sent, _lost) = (0, 0);
    }

    private readonly record struct Interval(long Sent, long Matched, long Lost, long? P50, long? P99, long? Max);
}

using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// The course over time, and all latencies: an interval's latencies are added to the total when it is over, so that each packet is counted
/// once.
/// </summary>
/// <param name="intervalNs">Length of an interval in nanoseconds.</param>
internal sealed class TimeSeriesMeter(long intervalNs)
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
    public void Add(in ArrivedBatch packets)
    {
        Start(packets.ArrivedNs[0] - packets.LatencyNs[0]);
        var arrivedNs = packets.ArrivedNs;
        while (!arrivedNs.IsEmpty)
        {
            var interval = Math.Clamp((arrivedNs[0] - _startNs) / intervalNs, 0, MostIntervals - 1);
            var endNs = interval == MostIntervals - 1 ? long.MaxValue : _startNs + ((interval + 1) * intervalNs);
            var count = Math.Max(1, Columns.CountBelow(arrivedNs, endNs));
            while (_arrived.Count <= interval)
            {
                _arrived.Add(0);
            }

            _arrived[(int)interval] += count;
            arrivedNs = arrivedNs[count..];
        }
    }

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        for (var start = 0; start < packets.Count;)
        {
            if (packets.SentNs[start] >= _endNs)
            {
                GoTo(packets.SentNs[start]);
            }

            var count = Columns.CountBelow(packets.SentNs[start..], _endNs);
            AddToInterval(packets.Slice(start, count));
            start += count;
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

    private void AddToInterval(in SettledBatch packets)
    {
        _sent += packets.IsOfCopies ? 0 : packets.Count;
        _lost += packets.Fate == Fate.Lost ? packets.Count : 0;
        if (packets.Fate == Fate.Matched)
        {
            _current.Add(packets.LatencyNs);
        }
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
                // Up to here, and no further: what is later belongs to this one.
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

using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>
/// The course over time, and all latencies: an interval's latencies are added to the total when it is over, so that each packet is counted
/// once.
/// </summary>
internal sealed class TimeSeriesMeter
{
    private readonly IIntervalObserver? _observer;
    private readonly IntervalGrid _grid;
    private readonly IntervalWalk _departures;
    private readonly IntervalWalk _arrivals;

    /// <summary>Of the current interval of departures.</summary>
    private readonly LatencyCounts _current = new();
    private Interval? _interval;
    private long _sent;
    private long _lost;

    /// <summary>Of the departure that waits for the next.</summary>
    private readonly long[] _heldLatencyNs = new long[1];
    private readonly ushort[] _heldFlow = new ushort[1];
    private Fate _heldFate;

    /// <param name="intervalNs">Length of an interval in nanoseconds.</param>
    /// <param name="arrivalsAheadNs">Nanoseconds that the clock of arrivals is ahead of the one of departures, as estimated.</param>
    /// <param name="observer">Is told in which interval each departure counts; null for nobody.</param>
    public TimeSeriesMeter(long intervalNs, long arrivalsAheadNs = 0, IIntervalObserver? observer = null)
    {
        _observer = observer;
        _grid = new IntervalGrid(intervalNs);
        _departures = new IntervalWalk(_grid);
        _arrivals = new IntervalWalk(_grid, arrivalsAheadNs);
    }

    /// <summary>All latencies of matched packets; those of the current interval only after <see cref="Finish"/>.</summary>
    public LatencyCounts Total { get; } = new();

    /// <summary>
    /// An interval starts with the first departure that counts, whatever becomes of it. To be told of departures before their arrivals.
    /// </summary>
    /// <param name="sentNs">The next departures.</param>
    /// <param name="fromNs">From when on they count.</param>
    public void Start(ReadOnlySpan<long> sentNs, long fromNs)
    {
        if (!_grid.IsStarted && sentNs.IndexOfAnyInRange(Math.Max(1, fromNs), long.MaxValue) is >= 0 and var first)
        {
            _grid.Start(sentNs[first]);
        }
    }

    /// <summary>Adds first arrivals, in the order of arrival, before their packets are added as settled.</summary>
    public void Add(in ArrivedBatch packets)
    {
        var arrivedNs = packets.ArrivedNs;
        if (_arrivals.TakeHeld(arrivedNs[0]))
        {
            _arrivals.Interval!.Arrived++;
        }

        while (!arrivedNs.IsEmpty && _arrivals.Take(arrivedNs) is > 0 and var count)
        {
            _arrivals.Interval!.Arrived += count;
            arrivedNs = arrivedNs[count..];
        }
    }

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        if (_departures.TakeHeld(packets.SentNs[0]))
        {
            Count(_heldFate, _heldLatencyNs, _heldFlow);
        }

        for (var start = 0; start < packets.Count;)
        {
            var count = _departures.Take(packets.SentNs[start..]);
            if (count == 0)
            {
                (_heldFate, _heldLatencyNs[0], _heldFlow[0]) = (packets.Fate, packets.LatencyNs[start], packets.Flows[start]);
                return;
            }

            Count(packets.Fate, packets.LatencyNs.Slice(start, count), packets.Flows.Slice(start, count));
            start += count;
        }
    }

    /// <summary>Ends the last interval; null when there was no packet. To be called once, after the last packet.</summary>
    public TimeSeries? Finish()
    {
        if (_departures.TakeHeld(nextNs: null))
        {
            Count(_heldFate, _heldLatencyNs, _heldFlow);
        }

        if (_arrivals.TakeHeld(nextNs: null))
        {
            _arrivals.Interval!.Arrived++;
        }

        EndInterval();
        return _grid.ToSeries();
    }

    /// <summary>When an interval starts, in nanoseconds since 1970.</summary>
    public long StartOf(Interval interval) => _grid.StartOf(interval);

    /// <summary>Counts departures of the interval that the walk is at.</summary>
    private void Count(Fate fate, ReadOnlySpan<long> latencyNs, ReadOnlySpan<ushort> flows)
    {
        if (_departures.Interval != _interval)
        {
            EndInterval();
            _interval = _departures.Interval;
        }

        _sent += fate is Fate.DuplicatedBefore or Fate.Recurred ? 0 : latencyNs.Length;
        _lost += fate == Fate.Lost ? latencyNs.Length : 0;
        if (fate == Fate.Matched)
        {
            _current.Add(latencyNs);
        }

        _observer?.OnCounted(_interval!, fate, latencyNs, flows);
    }

    private void EndInterval()
    {
        _interval?.End(_sent, _lost, _current);
        if (_current.Count > 0)
        {
            Total.Add(_current);
            _current.Clear();
        }

        (_sent, _lost) = (0, 0);
    }
}

using System.Runtime.InteropServices;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>The intervals of a time series that something is known of, one after the other or far apart.</summary>
/// <param name="intervalNs">Length of an interval in nanoseconds.</param>
internal sealed class IntervalGrid(long intervalNs)
{
    /// <summary>Most intervals (twelve days, for a second each): what lies beyond is counted in the first or the last.</summary>
    public const int MostIntervals = 1 << 20;

    /// <summary>A time that is no time of a stamp, and that may still be shifted by one.</summary>
    private const long Never = 1L << 62;

    private readonly Dictionary<long, Interval> _intervals = [];
    private long? _startNs;
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    /// <summary>Whether it is known when intervals start.</summary>
    public bool IsStarted => _startNs is not null;

    /// <summary>When one of them starts; 0 while that is not known.</summary>
    public long StartNs => _startNs ?? 0;

    /// <summary>An interval starts here; further calls change nothing.</summary>
    public void Start(long timeNs) => _startNs ??= timeNs;

    /// <summary>The interval of a time, when it starts and when it ends.</summary>
    public (Interval Interval, long StartNs, long EndNs) At(long timeNs)
    {
        Start(timeNs);
        var asked = Math.DivRem(timeNs - _startNs!.Value, intervalNs, out var into) - (into < 0 ? 1 : 0);
        var index = _intervals.Count == 0 ? asked : Math.Clamp(asked, _last - (MostIntervals - 1), _first + (MostIntervals - 1));
        (_first, _last) = (Math.Min(_first, index), Math.Max(_last, index));
        ref var interval = ref CollectionsMarshal.GetValueRefOrAddDefault(_intervals, index, out _);
        interval ??= new Interval { Index = index };
        var startNs = _startNs.Value + (index * intervalNs);
        return (interval, asked < index ? -Never : startNs, asked > index ? Never : startNs + intervalNs);
    }

    /// <summary>When an interval starts.</summary>
    public long StartOf(Interval interval) => StartNs + (interval.Index * intervalNs);

    /// <summary>All intervals from the first to the last; null when there is none.</summary>
    public TimeSeries? ToSeries()
    {
        if (_first > _last)
        {
            return null;
        }

        var nothing = new Interval();
        var intervals = new Interval[_last - _first + 1];
        Array.Fill(intervals, nothing);
        foreach (var (index, interval) in _intervals)
        {
            intervals[index - _first] = interval;
        }

        return new TimeSeries
        {
            IntervalNs = intervalNs,
            StartNs = _startNs!.Value + (_first * intervalNs),
            Sent = [.. intervals.Select(interval => interval.Sent)],
            Matched = [.. intervals.Select(interval => interval.Matched)],
            Lost = [.. intervals.Select(interval => interval.Lost)],
            Arrived = [.. intervals.Select(interval => interval.Arrived)],
            P50 = [.. intervals.Select(interval => interval.P50)],
            P99 = [.. intervals.Select(interval => interval.P99)],
            Max = [.. intervals.Select(interval => interval.Max)],
        };
    }
}

/// <summary>What is known of an interval.</summary>
internal sealed class Interval
{
    /// <summary>Its number, from the one in which time starts.</summary>
    public long Index { get; init; }

    public long Sent { get; private set; }

    public long Matched { get; private set; }

    public long Lost { get; private set; }

    public long Arrived { get; set; }

    public long? P50 { get; private set; }

    public long? P99 { get; private set; }

    public long? Max { get; private set; }

    /// <summary>
    /// Adds what departed in it. A clock that was set back comes by again: percentiles of all of it are then not known any more.
    /// </summary>
    public void End(long sent, long lost, LatencyCounts latency)
    {
        Sent += sent;
        Lost += lost;
        if (latency.Count == 0)
        {
            return;
        }

        var isFirst = Matched == 0;
        Matched += latency.Count;
        (P50, P99) = isFirst ? (latency.At(Percentile.P50), latency.At(Percentile.P99)) : ((long?)null, (long?)null);
        Max = Math.Max(Max ?? long.MinValue, latency.Max);
    }
}

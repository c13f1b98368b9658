using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Clocks;

/// <summary>
/// The lowest latency of each interval over time. A path's lowest latency is constant while no queue stands on it, so what this envelope does is
/// what the clocks do: its slope is their drift, its steps are times at which one was set, or at which a queue built up.
/// </summary>
internal sealed class LatencyEnvelope
{
    /// <summary>When there are as many points, each two are joined: what is far apart in time is what drift shows in.</summary>
    private const int MostPoints = 512;

    /// <summary>Points on either side that a step is judged by.</summary>
    private const int Neighbours = 5;

    private readonly List<Point> _points = [];
    private long _intervalNs = 10_000_000;

    /// <summary>Departures from here to <see cref="_endNs"/> belong to the current interval.</summary>
    private long _fromNs = long.MinValue;
    private long _endNs = long.MinValue + 1;
    private Point _current = Point.None;

    /// <summary>Of the packet before, in sending order, that arrived.</summary>
    private long? _lastLatencyNs;

    /// <summary>Lowest latency, negative ones included, in nanoseconds; null when nothing arrived.</summary>
    public long? LowestNs { get; private set; }

    /// <summary>Adds settled packets, in sending order.</summary>
    public void Add(in SettledBatch packets)
    {
        for (var start = 0; start < packets.Count;)
        {
            var sentNs = packets.SentNs[start..];
            var other = sentNs.IndexOfAnyExceptInRange(_fromNs, _endNs - 1);
            if (other == 0)
            {
                // An odd stamp starts an interval, and so does the next that is right: it takes nothing with it.
                EndInterval();
                (_fromNs, _endNs) = (sentNs[0] - Turns.DisorderNs, sentNs[0] + _intervalNs);
                other = sentNs[1..].IndexOfAnyExceptInRange(_fromNs, _endNs - 1);
                other += other < 0 ? 0 : 1;
            }

            var count = other < 0 ? sentNs.Length : other;
            AddToInterval(packets.Slice(start, count));
            start += count;
        }
    }

    /// <summary>
    /// Nanoseconds by which the later clock gains each second, and by how much the envelope strays from that line; null when there are too
    /// few points. The slope is the median of the slopes between all points (Theil and Sen): single slow intervals do not move it.
    /// </summary>
    public (double NsPerSecond, double StrayNs, double SpanSeconds)? Drift()
    {
        var points = Points();
        if (points.Count < 2 * Neighbours)
        {
            return null;
        }

        var slopes = new List<double>();
        for (var i = 0; i < points.Count; i++)
        {
            for (var j = i + 1; j < points.Count; j++)
            {
                // Where the clock was set back, no time went by from one point to the other.
                if (points[j].TimeNs > points[i].TimeNs)
                {
                    slopes.Add((points[j].LatencyNs - points[i].LatencyNs) * 1e9 / (points[j].TimeNs - points[i].TimeNs));
                }
            }
        }

        if (slopes.Count == 0)
        {
            return null;
        }

        var slope = Median(slopes);
        var origin = points[0].TimeNs;
        var residuals = points.Select(point => point.LatencyNs - (slope * (point.TimeNs - origin) / 1e9)).ToList();
        var middle = Median(residuals);
        var stray = Median(residuals.ConvertAll(residual => Math.Abs(residual - middle)));
        return (slope, stray, (points[^1].TimeNs - origin) / 1e9);
    }

    /// <summary>Changes of the envelope that stay, and that are larger than what it strays by.</summary>
    public IReadOnlyList<ClockJump> Jumps()
    {
        var points = Points();
        var jumps = new List<ClockJump>();
        if (points.Count < 2 * Neighbours)
        {
            return jumps;
        }

        var noise = Median([.. points.Zip(points.Skip(1), (first, second) => (double)Math.Abs(second.LatencyNs - first.LatencyNs))]);
        var threshold = Math.Max(1000, 20 * noise);
        for (var i = Neighbours; i <= points.Count - Neighbours; i++)
        {
            if (Math.Abs(points[i].LatencyNs - points[i - 1].LatencyNs) < threshold / 2)
            {
                continue;
            }

            var step = Middle(points, i, Neighbours) - Middle(points, i - Neighbours, Neighbours);
            if (Math.Abs(step) >= threshold)
            {
                // The interval in which it happened has the lower of both.
                var sudden = Math.Max(points[i - 1].ChangeTo(step), points[i].ChangeTo(step)) >= Math.Abs(step) / 2;
                jumps.Add(new ClockJump(points[i].TimeNs, step, sudden));
                // The same step would show again in the next windows.
                i += Neighbours - 1;
            }
        }

        return jumps;
    }

    private static long Middle(List<Point> points, int start, int count) =>
        (long)Median([.. points.GetRange(start, count).Select(point => (double)point.LatencyNs)]);

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }

    private List<Point> Points() => _current.LatencyNs == long.MaxValue ? _points : [.. _points, _current];

    /// <summary>
    /// Packets of the other direction look negative: they say nothing of how the clocks move, and are no part of the envelope.
    /// </summary>
    private void AddToInterval(in SettledBatch packets)
    {
        if (packets.Fate is not (Fate.Matched or Fate.Negative))
        {
            return;
        }

        var lowest = Columns.Min(packets.LatencyNs);
        LowestNs = Math.Min(LowestNs ?? long.MaxValue, lowest);
        if (packets.Fate != Fate.Matched)
        {
            return;
        }

        if (lowest < _current.LatencyNs)
        {
            _current = _current with { TimeNs = packets.SentNs[packets.LatencyNs.IndexOf(lowest)], LatencyNs = lowest };
        }

        var (fall, rise) = Columns.Changes(packets.LatencyNs);
        var first = packets.LatencyNs[0] - (_lastLatencyNs ?? packets.LatencyNs[0]);
        _current = _current with { FallNs = Math.Max(_current.FallNs, -Math.Min(fall, first)), RiseNs = Math.Max(_current.RiseNs, Math.Max(rise, first)) };
        _lastLatencyNs = packets.LatencyNs[^1];
    }

    private void EndInterval()
    {
        if (_current.LatencyNs == long.MaxValue)
        {
            return;
        }

        _points.Add(_current);
        _current = Point.None;
        if (_points.Count == MostPoints)
        {
            for (var i = 0; i < MostPoints / 2; i++)
            {
                _points[i] = _points[2 * i].With(_points[(2 * i) + 1]);
            }

            _points.RemoveRange(MostPoints / 2, MostPoints / 2);
            _intervalNs *= 2;
        }
    }

    /// <summary>An interval's lowest latency, and how far it fell and rose from one packet to the next.</summary>
    private readonly record struct Point(long TimeNs, long LatencyNs, long FallNs, long RiseNs)
    {
        public static Point None => new(0, long.MaxValue, 0, 0);

        /// <summary>Both intervals as one.</summary>
        public Point With(Point next) => (LatencyNs <= next.LatencyNs ? this : next) with
        {
            FallNs = Math.Max(FallNs, next.FallNs),
            RiseNs = Math.Max(RiseNs, next.RiseNs),
        };

        /// <summary>The largest change from one packet to the next in the direction of a step.</summary>
        public long ChangeTo(long step) => step < 0 ? FallNs : RiseNs;
    }
}

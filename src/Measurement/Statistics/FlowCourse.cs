using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Measurement.Statistics;

/// <summary>A flow's course over time: what it sent in each interval in which it sent anything.</summary>
/// <param name="room">What all flows together may have.</param>
internal sealed class FlowCourse(HistoryRoom room)
{
    /// <summary>Most intervals of all flows together: some 80 MiB.</summary>
    public const int MostIntervals = 1 << 20;

    private readonly List<Part> _parts = [];
    private Part? _current;

    /// <summary>Packets that are in no interval, as there was no room for one.</summary>
    public long Beyond { get; private set; }

    /// <summary>Adds departures of the flow that count in an interval, in sending order, all of one fate.</summary>
    public void Add(Interval interval, Fate fate, ReadOnlySpan<long> latencyNs)
    {
        if (fate is Fate.DuplicatedBefore or Fate.Recurred)
        {
            return;
        }

        if (_current?.Interval != interval)
        {
            _current = room.TryTake(1) ? new Part(interval) : null;
            if (_current is null)
            {
                Beyond += latencyNs.Length;
                return;
            }

            _parts.Add(_current);
        }

        _current.Add(fate, latencyNs);
    }

    /// <summary>All of it; null when there is nothing.</summary>
    /// <param name="startOf">When an interval starts.</param>
    public FlowTimeSeries? ToSeries(Func<Interval, long> startOf)
    {
        if (_parts.Count == 0)
        {
            return null;
        }

        // A clock that was set back comes by intervals again.
        var intervals = _parts.GroupBy(part => part.Interval).OrderBy(parts => parts.Key.Index).ToList();
        return new FlowTimeSeries
        {
            StartNs = [.. intervals.Select(parts => startOf(parts.Key))],
            Sent = [.. intervals.Select(parts => parts.Sum(part => part.Sent))],
            Matched = [.. intervals.Select(parts => parts.Sum(part => part.Matched))],
            Lost = [.. intervals.Select(parts => parts.Sum(part => part.Lost))],
            Mean = [.. intervals.Select(parts => Part.MeanOf([.. parts]))],
            Max = [.. intervals.Select(parts => parts.Max(part => part.MaxNs))],
        };
    }

    /// <summary>What was sent from when the flow came to an interval until it left it.</summary>
    private sealed class Part(Interval interval)
    {
        /// <summary>Latencies are long where clocks are years apart.</summary>
        private Int128 _sumNs;

        public Interval Interval => interval;

        public long Sent { get; private set; }

        public long Matched { get; private set; }

        public long Lost { get; private set; }

        /// <summary>Null where nothing matched.</summary>
        public long? MaxNs { get; private set; }

        public static long? MeanOf(IReadOnlyList<Part> parts)
        {
            var matched = parts.Sum(part => part.Matched);
            var sumNs = parts.Aggregate(Int128.Zero, (sum, part) => sum + part._sumNs);
            return matched == 0 ? null : (long)((sumNs + (matched / 2)) / matched);
        }

        public void Add(Fate fate, ReadOnlySpan<long> latencyNs)
        {
            Sent += latencyNs.Length;
            if (fate == Fate.Lost)
            {
                Lost += latencyNs.Length;
            }
            else if (fate == Fate.Matched)
            {
                Matched += latencyNs.Length;
                MaxNs = Math.Max(MaxNs ?? 0, Columns.Max(latencyNs));
                foreach (var latency in latencyNs)
                {
                    _sumNs += latency;
                }
            }
        }
    }
}

using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Synthesis;

/// <summary>What an analysis of synthetic captures has to find, known from how they were made and not by matching them.</summary>
public sealed class SyntheticTruth
{
    private readonly SynthesisOptions _options;
    private readonly LatencyCounts _latency = new();
    private readonly Dictionary<long, Departed> _inFlight = [];
    private readonly Dictionary<long, long> _arrived = [];
    private readonly Queue<(long ExpiryNs, long Number)> _forget = new();
    private readonly List<long> _lostAt = [];
    private readonly long[] _nextExpected;
    private long _latestNs = long.MinValue;
    private long _negative;
    private long _duplicatedBefore;
    private long _recurred;
    private long _duplicatedAfter;
    private long _beforeStart;
    private long _unmatched;
    private long _reordered;
    private long _before;
    private long _after;

    internal SyntheticTruth(SynthesisOptions options)
    {
        _options = options;
        _nextExpected = new long[options.Flows];
    }

    /// <summary>The counters.</summary>
    public Counters? Counters { get; private set; }

    /// <summary>Latency as the captures' stamps have it; null when nothing arrived.</summary>
    public LatencyStatistics? LatencyNs { get; private set; }

    internal void Depart(in SyntheticEvent departure)
    {
        See(departure.TimeNs);
        _before++;
        _inFlight[departure.Number] = new Departed(departure.TimeNs, departure.Flow);
        ForgetOld(departure.TimeNs);
    }

    /// <summary>A tap sees a packet again; it is a copy of one in flight unless the packet had arrived.</summary>
    internal void DuplicateBefore(long departedNs, long copyNs, long? arrivedNs)
    {
        See(copyNs);
        _before++;
        if (copyNs - departedNs <= _options.WindowNs)
        {
            var hadArrived = arrivedNs - _options.ClockOffsetNs <= copyNs;
            _recurred += hadArrived ? 1 : 0;
            _duplicatedBefore += hadArrived ? 0 : 1;
        }
    }

    internal void Arrive(in SyntheticEvent arrival)
    {
        See(arrival.TimeNs - _options.ClockOffsetNs);
        _after++;
        if (arrival.Number < 0)
        {
            CountUnmatched(arrival.TimeNs);
        }
        else if (_inFlight.Remove(arrival.Number, out var departed))
        {
            FirstArrival(arrival, departed);
        }
        else if (_arrived.TryGetValue(arrival.Number, out var sentNs) && arrival.TimeNs - _options.ClockOffsetNs - sentNs <= _options.WindowNs)
        {
            _duplicatedAfter++;
        }
        else
        {
            CountUnmatched(arrival.TimeNs);
        }
    }

    internal void Finish()
    {
        foreach (var departed in _inFlight.Values)
        {
            _lostAt.Add(departed.SentNs);
        }

        var undecided = _lostAt.Count(sentNs => sentNs > _latestNs - _options.WindowNs);
        Counters = new Counters
        {
            Before = _before,
            After = _after,
            Matched = _latency.Count,
            Lost = _lostAt.Count - undecided,
            Undecided = undecided,
            Negative = _negative,
            DuplicatedBefore = _duplicatedBefore,
            Implausible = 0,
            Recurred = _recurred,
            DuplicatedAfter = _duplicatedAfter,
            ArrivedBeforeStart = _beforeStart,
            UnmatchedAfter = _unmatched,
            Reordered = _reordered,
            UnparsableBefore = 0,
            UnparsableAfter = 0,
        };
        LatencyNs = _latency.Count == 0
            ? null
            : new LatencyStatistics
            {
                Count = _latency.Count,
                Min = _latency.Min,
                Mean = _latency.Mean,
                Max = _latency.Max,
                Percentiles = PercentileValues.Of(_latency, Percentile.Usual),
            };
    }

    private void FirstArrival(in SyntheticEvent arrival, Departed departed)
    {
        var latencyNs = arrival.TimeNs - departed.SentNs;
        if (latencyNs - _options.ClockOffsetNs > _options.WindowNs)
        {
            _lostAt.Add(departed.SentNs);
            CountUnmatched(arrival.TimeNs);
            return;
        }

        _arrived[arrival.Number] = departed.SentNs;
        _forget.Enqueue((departed.SentNs + (2 * _options.WindowNs), arrival.Number));
        if (latencyNs < 0)
        {
            _negative++;
            return;
        }

        _latency.Add(latencyNs);
        ref var nextExpected = ref _nextExpected[departed.Flow];
        if (arrival.Number < nextExpected)
        {
            _reordered++;
        }
        else
        {
            nextExpected = arrival.Number + 1;
        }
    }

    private void CountUnmatched(long stampNs)
    {
        if (stampNs - _options.ClockOffsetNs - _options.StartNs <= _options.WindowNs)
        {
            _beforeStart++;
        }
        else
        {
            _unmatched++;
        }
    }

    private void See(long stampNs) => _latestNs = Math.Max(_latestNs, stampNs);

    private void ForgetOld(long nowNs)
    {
        while (_forget.TryPeek(out var oldest) && oldest.ExpiryNs < nowNs)
        {
            _arrived.Remove(oldest.Number);
            _forget.Dequeue();
        }
    }

    private readonly record struct Departed(long SentNs, ushort Flow);
}

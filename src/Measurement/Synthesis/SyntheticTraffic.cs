namespace Latlab.Measurement.Synthesis;

/// <summary>
/// Makes traffic through a synthetic device: events at both taps, each tap's in the order of its stamps. A first-in first-out queue that
/// stalls and drains, with loss, copies, packets that overtake, and clocks that differ.
/// </summary>
internal sealed class SyntheticTraffic(SynthesisOptions options)
{
    private readonly SyntheticRandom _random = new(options.Seed);
    private readonly PriorityQueue<SyntheticEvent, (long TimeNs, long Order)> _arrivals = new();
    private readonly PriorityQueue<SyntheticEvent, (long TimeNs, long Order)> _copies = new();
    private long _order;
    private long _lastForwardedNs = long.MinValue / 2;
    private int _lossLeft;

    /// <summary>What an analysis is to find; complete once all events were taken.</summary>
    public SyntheticTruth Truth { get; } = new(options);

    /// <summary>All events. Those of one tap are in order; across taps they are in order of true time.</summary>
    public IEnumerable<SyntheticEvent> Events()
    {
        // Apart from the start: a double holds nanoseconds since 1970 only to 256 ns.
        var elapsedNs = 0.0;
        var gapNs = 1e9 / options.Rate;
        for (var i = 0; i < options.DepartedBeforeStart; i++)
        {
            Arrive(new SyntheticEvent(options.StartNs + 1 + (i * options.DrainNs), -1 - i, 0, true));
        }

        for (long number = 0; number < options.Packets; number++)
        {
            var trueNs = options.StartNs + (long)elapsedNs;
            foreach (var due in Due(trueNs))
            {
                yield return due;
            }

            var flow = (ushort)(number % options.Flows);
            var departure = new SyntheticEvent(Stamp(trueNs), number, flow, false);
            Truth.Depart(departure);
            yield return departure;
            Forward(number, flow, trueNs, departure.TimeNs);
            elapsedNs += options.Poisson ? Math.Max(1, _random.Exponential(gapNs)) : gapNs;
        }

        foreach (var due in Due(long.MaxValue))
        {
            yield return due;
        }

        Truth.Finish();
    }

    /// <summary>What is due by a true time, each tap in order: copies before, then arrivals.</summary>
    private IEnumerable<SyntheticEvent> Due(long trueNs)
    {
        while (_copies.TryPeek(out var copy, out var when) && when.TimeNs <= trueNs)
        {
            _copies.Dequeue();
            yield return copy;
        }

        while (_arrivals.TryPeek(out var arrival, out var when) && when.TimeNs <= trueNs)
        {
            _arrivals.Dequeue();
            Truth.Arrive(arrival);
            yield return arrival;
        }
    }

    private void Forward(long number, ushort flow, long trueNs, long stampNs)
    {
        if (_random.Happens(options.Unrelated))
        {
            Arrive(new SyntheticEvent(trueNs + _random.Below(1000), -1_000_000_000 - number, flow, true));
        }

        var lost = _lossLeft > 0 || _random.Happens(options.Loss);
        if (lost)
        {
            _lossLeft = _lossLeft > 0 ? _lossLeft - 1 : options.LossBurst - 1;
        }

        long? arrivalNs = null;
        var copied = false;
        if (!lost)
        {
            arrivalNs = LeaveAt(trueNs);
            Arrive(new SyntheticEvent(arrivalNs.Value, number, flow, true));
            copied = _random.Happens(options.DuplicatesAfter);
            if (copied)
            {
                Arrive(new SyntheticEvent(arrivalNs.Value + 1 + _random.Below(3000), number, flow, true));
            }
        }

        // Seen twice on both sides, it would be two packets.
        if (_random.Happens(options.DuplicatesBefore) && !copied)
        {
            // Soon enough that the packet has not arrived: a tap that sees it twice.
            var copyNs = trueNs + 1 + _random.Below(Math.Min(options.FloorNs, 1000) - 1);
            var copy = new SyntheticEvent(Stamp(copyNs), number, flow, false);
            Truth.DuplicateBefore(stampNs, copy.TimeNs, arrivalNs is { } arrived ? StampAfter(arrived) : null);
            _copies.Enqueue(copy, (copyNs, _order++));
        }
    }

    private long LeaveAt(long trueNs)
    {
        var latencyNs = options.FloorNs + options.Latency switch
        {
            SyntheticLatency.Constant => 0,
            SyntheticLatency.Uniform => _random.Below(options.SpreadNs + 1),
            SyntheticLatency.Exponential => (long)_random.Exponential(options.SpreadNs),
            _ => (long)Math.Abs(_random.Normal() * options.SpreadNs),
        };
        var leavesNs = trueNs + latencyNs;
        if (_random.Happens(options.Reorder))
        {
            return leavesNs + _random.Below(options.ReorderNs);
        }

        if (options.StallPeriodNs > 0)
        {
            var phaseNs = (leavesNs - options.StartNs) % options.StallPeriodNs;
            leavesNs += phaseNs < options.StallNs ? options.StallNs - phaseNs : 0;
        }

        _lastForwardedNs = Math.Max(leavesNs, _lastForwardedNs + options.DrainNs);
        return _lastForwardedNs;
    }

    private void Arrive(SyntheticEvent arrival) =>
        _arrivals.Enqueue(arrival with { TimeNs = StampAfter(arrival.TimeNs) }, (arrival.TimeNs, _order++));

    private long StampAfter(long trueNs) =>
        Stamp(trueNs + options.ClockOffsetNs + (long)((trueNs - options.StartNs) * options.ClockDriftNsPerSecond / 1e9));

    private long Stamp(long ns) => options.Microseconds ? ns - (ns % 1000) : ns;
}

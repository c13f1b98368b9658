using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Matching;

/// <summary>The definitions word by word, quadratic, over whole captures whose clocks never go back.</summary>
internal sealed class NaiveMatcher
{
    private sealed class Departure(PacketRecord record)
    {
        public PacketRecord Record { get; } = record;

        public long? ArrivedNs { get; set; }

        public int Arrivals { get; set; }

        public bool Expired { get; set; }

        public bool Taken { get; set; }

        public bool InFlight => ArrivedNs is null && !Expired;
    }

    private const int LookAhead = 64;
    private const int LookBehind = 32;

    private readonly long _windowNs;
    private readonly long _warmUntilNs;
    private readonly List<Departure> _departures = [];
    private readonly List<PacketRecord> _early = [];
    private readonly long _startNs;
    private int _expected;

    public NaiveMatcher(IReadOnlyList<PacketRecord> ingress, IReadOnlyList<PacketRecord> egress, MatchOptions options, long captureEndNs)
    {
        _windowNs = options.WindowNs;
        var events = ingress.Select(record => (record, Departs: true)).Concat(egress.Select(record => (record, Departs: false)))
            .OrderBy(item => item.record.TimeNs).ThenByDescending(item => item.Departs).ToList();
        _startNs = events.Count > 0 ? events[0].record.TimeNs : 0;
        _warmUntilNs = options.WarmUpNs > 0 ? _startNs + options.WarmUpNs : long.MinValue;
        foreach (var (record, departs) in events)
        {
            Expire(record.TimeNs);
            if (departs)
            {
                Depart(record);
            }
            else
            {
                Arrive(record);
            }
        }

        Expire(long.MaxValue);
        for (var i = 0; i < _departures.Count; i++)
        {
            Settle(i, captureEndNs);
        }
    }

    public Dictionary<string, long> Counters { get; } = new[]
    {
        "warmUpBefore", "warmUpAfter", "Matched", "Lost", "Undecided", "Negative", "DuplicatedBefore", "Recurred", "duplicatedAfter", "replicated",
        "arrivedBeforeStart", "unmatchedAfter",
    }.ToDictionary(name => name, _ => 0L);

    public List<SettledPacket> Settled { get; } = [];

    public List<ArrivedPacket> Arrived { get; } = [];

    private void Expire(long nowNs)
    {
        foreach (var arrival in _early.Where(arrival => arrival.TimeNs < nowNs - _windowNs).ToList())
        {
            _early.Remove(arrival);
            Counters[arrival.TimeNs < _warmUntilNs ? "warmUpAfter"
                : arrival.TimeNs <= _startNs + _windowNs ? "arrivedBeforeStart" : "unmatchedAfter"]++;
        }

        for (var i = 0; i < _departures.Count; i++)
        {
            if (_departures[i].InFlight && nowNs != long.MaxValue && _departures[i].Record.TimeNs < nowNs - _windowNs)
            {
                _departures[i].Expired = true;
                _departures[i].Taken = IsTaken(_departures[i]);
                _expected = Math.Max(_expected, i + 1);
            }
        }
    }

    private void Depart(PacketRecord record)
    {
        _departures.Add(new Departure(record));
        var waiting = _early.Where(arrival => arrival.IsSamePacket(record)).ToList();
        foreach (var arrival in waiting)
        {
            _early.Remove(arrival);
            Arrive(_departures.Count - 1, arrival.TimeNs);
        }
    }

    private void Arrive(PacketRecord record)
    {
        var candidates = _departures.Index().Where(item => item.Item.Record.IsSamePacket(record)).ToList();
        var inFlight = candidates.Where(item => item.Item.InFlight).Select(item => item.Index).ToList();
        var near = inFlight.Where(index => index >= _expected - LookBehind && index < _expected + LookAhead).ToList();
        var arrived = candidates.Where(item => !item.Item.InFlight && !item.Item.Expired && record.TimeNs - item.Item.Record.TimeNs <= _windowNs)
            .Select(item => item.Index).ToList();
        if (inFlight.Count > 0)
        {
            var index = near.Count > 0 ? near[0] : inFlight[0];
            Arrive(index, record.TimeNs);
            _expected = index + 1;
        }
        else if (arrived.Count > 0)
        {
            Arrive(arrived[^1], record.TimeNs);
        }
        else
        {
            _early.Add(record);
        }
    }

    private void Arrive(int index, long arrivedNs)
    {
        var departure = _departures[index];
        var sentNs = departure.Record.TimeNs;
        departure.Arrivals++;
        if (sentNs < _warmUntilNs)
        {
            departure.ArrivedNs ??= arrivedNs;
            Counters["warmUpAfter"]++;
        }
        else if (departure.ArrivedNs is not null)
        {
            Counters["duplicatedAfter"]++;
            Counters["replicated"] += departure.Arrivals == 2 && departure.ArrivedNs >= sentNs ? 1 : 0;
        }
        else
        {
            departure.ArrivedNs = arrivedNs;
            if (arrivedNs >= sentNs)
            {
                Arrived.Add(new ArrivedPacket(arrivedNs, sentNs, index, departure.Record.Flow));
            }
        }
    }

    private void Settle(int index, long captureEndNs)
    {
        var departure = _departures[index];
        var record = departure.Record;
        var earlier = _departures.Take(index).LastOrDefault(other => other.Record.IsSamePacket(record));
        var repeats = earlier is not null && record.TimeNs - earlier.Record.TimeNs <= _windowNs;
        var fate = departure.ArrivedNs is { } arrivedNs ? (arrivedNs < record.TimeNs ? Fate.Negative : Fate.Matched)
            : repeats ? (earlier!.ArrivedNs <= record.TimeNs ? Fate.Recurred : Fate.DuplicatedBefore)
            : departure.Taken || (!departure.Expired && IsTaken(departure)) ? Fate.DuplicatedBefore
            : !departure.Expired && record.TimeNs > captureEndNs - _windowNs ? Fate.Undecided
            : Fate.Lost;
        if (record.TimeNs < _warmUntilNs)
        {
            Counters["warmUpBefore"]++;
            return;
        }

        Counters[fate.ToString()]++;
        var latencyNs = departure.ArrivedNs - record.TimeNs ?? 0;
        Settled.Add(new SettledPacket(record.TimeNs, latencyNs, index, record.Flow, record.WireLength, fate));
    }

    /// <summary>Whether the identity's last departure so far departed later, while the packet was on its way, and arrived.</summary>
    private bool IsTaken(Departure departure)
    {
        var last = _departures.Last(other => other.Record.IsSamePacket(departure.Record));
        return last != departure && last.ArrivedNs - last.Record.TimeNs is >= 0 and var latencyNs
            && last.Record.TimeNs - departure.Record.TimeNs <= latencyNs;
    }
}

using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Matching;

/// <summary>
/// Matches departures and arrivals that come in the order of time. Every record raises exactly one counter of its side at the latest when its window
/// is over, and is then forgotten.
/// </summary>
internal sealed class PacketMatcher(long windowNs)
{
    private readonly InFlightTable _packets = new();
    private readonly ExpiryQueue _departures = new();
    private readonly ExpiryQueue _earlyArrivals = new();
    private readonly LatencyCounts _latency = new();
    private readonly ReorderingCounter _reordering = new();

    private long _sent;
    private long _duplicatedBefore;
    private long _received;
    private long _matched;
    private long _lost;
    private long _duplicated;
    private long _unmatchedAfter;
    private long _negative;
    private long _firstSentNs;
    private long _lastSentNs;

    /// <summary>A record of the ingress tap whose turn is at <paramref name="keyNs"/>.</summary>
    public void Depart(long keyNs, PacketRecord record)
    {
        Expire(keyNs);
        ref var packet = ref _packets.GetOrAdd(new PacketIdentity(record.Key, record.Flow));
        if (packet.State is not (PacketState.None or PacketState.ArrivedOnly))
        {
            _duplicatedBefore++;
            return;
        }

        var arrivals = packet.State == PacketState.ArrivedOnly ? packet.Arrivals : 0;
        var firstArrivalNs = packet.TimeNs;
        packet.State = PacketState.InFlight;
        packet.TimeNs = record.TimeNs;
        packet.Arrivals = 0;
        _departures.Add(keyNs, new PacketIdentity(record.Key, record.Flow));
        _firstSentNs = _sent == 0 ? record.TimeNs : Math.Min(_firstSentNs, record.TimeNs);
        _lastSentNs = _sent == 0 ? record.TimeNs : Math.Max(_lastSentNs, record.TimeNs);
        _sent++;
        if (arrivals > 0)
        {
            // Arrivals had their turn first. Within a tap's disorder that need not mean that they have the earlier stamp.
            Settle(ref packet, firstArrivalNs);
            if (packet.State == PacketState.Negative)
            {
                _negative += arrivals - 1;
            }
            else
            {
                _duplicated += arrivals - 1;
            }
        }
    }

    /// <summary>A record of the egress tap whose turn is at <paramref name="keyNs"/>.</summary>
    public void Arrive(long keyNs, PacketRecord record)
    {
        Expire(keyNs);
        _received++;
        ref var packet = ref _packets.GetOrAdd(new PacketIdentity(record.Key, record.Flow));
        switch (packet.State)
        {
            case PacketState.None:
                packet.State = PacketState.ArrivedOnly;
                packet.TimeNs = record.TimeNs;
                packet.Arrivals = 1;
                _earlyArrivals.Add(keyNs, new PacketIdentity(record.Key, record.Flow));
                break;
            case PacketState.ArrivedOnly:
                packet.Arrivals++;
                _earlyArrivals.Add(keyNs, new PacketIdentity(record.Key, record.Flow));
                break;
            case PacketState.InFlight:
                Settle(ref packet, record.TimeNs);
                break;
            default:
                _duplicated++;
                break;
        }
    }

    public MatchResult Finish(long captureEndNs, long clockSteps)
    {
        while (_earlyArrivals.TryTakeBefore(long.MaxValue, out var identity))
        {
            ForgetArrival(identity);
        }

        var undecided = 0L;
        while (_departures.TryTakeBefore(long.MaxValue, out var identity))
        {
            ref readonly var packet = ref _packets[_packets.Find(identity)];
            if (packet.State == PacketState.InFlight && packet.TimeNs > captureEndNs - windowNs)
            {
                undecided++;
            }
            else if (packet.State is PacketState.InFlight or PacketState.Negative)
            {
                _lost++;
            }
        }

        return new MatchResult
        {
            Sent = _sent,
            DuplicatedBefore = _duplicatedBefore,
            Received = _received,
            Matched = _matched,
            Lost = _lost,
            Undecided = undecided,
            Duplicated = _duplicated,
            UnmatchedAfter = _unmatchedAfter,
            Negative = _negative,
            Reordered = _reordering.Reordered,
            ClockSteps = clockSteps,
            FirstSentNs = _firstSentNs,
            LastSentNs = _lastSentNs,
            Latency = _latency,
        };
    }

    /// <summary>The first arrival of a departed packet.</summary>
    private void Settle(ref InFlightPacket packet, long arrivalNs)
    {
        var latencyNs = arrivalNs - packet.TimeNs;
        if (latencyNs < 0)
        {
            packet.State = PacketState.Negative;
            _negative++;
            return;
        }

        packet.State = PacketState.Matched;
        _matched++;
        _latency.Add(latencyNs);
        _reordering.Add(packet.Identity.Flow, packet.Identity.Sequence);
    }

    /// <summary>
    /// Settles what is further back than one window. Arrivals first: when one's window ends, its packet is either still unseen at the ingress tap, or
    /// departed later than it and is thus still here.
    /// </summary>
    private void Expire(long keyNs)
    {
        while (_earlyArrivals.TryTakeBefore(keyNs - windowNs, out var identity))
        {
            ForgetArrival(identity);
        }

        while (_departures.TryTakeBefore(keyNs - windowNs, out var identity))
        {
            var slot = _packets.Find(identity);
            if (_packets[slot].State is PacketState.InFlight or PacketState.Negative)
            {
                _lost++;
            }

            _packets.RemoveAt(slot);
        }
    }

    private void ForgetArrival(PacketIdentity identity)
    {
        var slot = _packets.Find(identity);
        ref var packet = ref _packets[slot];
        if (packet.State != PacketState.ArrivedOnly)
        {
            // Counted when its departure came.
            return;
        }

        _unmatchedAfter++;
        packet.Arrivals--;
        if (packet.Arrivals == 0)
        {
            _packets.RemoveAt(slot);
        }
    }
}

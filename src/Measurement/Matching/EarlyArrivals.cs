using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Matching;

/// <summary>Arrivals that no departure is known for, for one window: theirs may come with a later stamp.</summary>
internal sealed class EarlyArrivals
{
    private readonly Dictionary<(ulong Key, uint Check), Waiting> _waiting = [];

    /// <summary>All arrivals of the window by number, in a ring of a power of two.</summary>
    private Arrival[] _arrivals = new Arrival[64];
    private long _first;
    private long _end;

    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>When the first arrival had its turn; null when there is none.</summary>
    public long? FirstTurnNs => _first < _end ? At(_first).TurnNs : null;

    public void Add(long turnNs, in PacketRecord record)
    {
        if (_end - _first == _arrivals.Length)
        {
            Grow();
        }

        ref var waiting = ref CollectionsMarshal.GetValueRefOrAddDefault(_waiting, (record.Key, record.Check), out var exists);
        if (exists)
        {
            At(waiting.Last).Next = _end;
            waiting = waiting with { Last = _end, Count = waiting.Count + 1 };
        }
        else
        {
            waiting = new Waiting(_end, _end, 1);
        }

        At(_end++) = new Arrival(turnNs, record.TimeNs, record.Key, record.Check);
    }

    /// <summary>
    /// Takes all arrivals of a packet that departs: the stamp of the first, and how many they are. None when the first had its turn after
    /// <paramref name="untilNs"/>: where the clock went back, the packet may be from long before.
    /// </summary>
    public bool TryClaim(ulong key, uint check, long untilNs, out long firstNs, out int count)
    {
        if (!_waiting.TryGetValue((key, check), out var waiting) || At(waiting.First).TurnNs > untilNs)
        {
            (firstNs, count) = (0, 0);
            return false;
        }

        _waiting.Remove((key, check));
        (firstNs, count) = (At(waiting.First).StampNs, waiting.Count);
        return true;
    }

    /// <summary>Takes the turn of the next arrival whose turn was before <paramref name="turnNs"/> and that nobody claimed.</summary>
    public bool TryExpire(long turnNs, out long arrivedNs)
    {
        while (_first < _end && At(_first).TurnNs < turnNs)
        {
            var number = _first++;
            ref var arrival = ref At(number);
            ref var waiting = ref CollectionsMarshal.GetValueRefOrNullRef(_waiting, (arrival.Key, arrival.Check));
            // Claimed, unless it is one of those that wait now: the same identity may have come again.
            if (Unsafe.IsNullRef(ref waiting) || number < waiting.First)
            {
                continue;
            }

            if (waiting.Count == 1)
            {
                _waiting.Remove((arrival.Key, arrival.Check));
            }
            else
            {
                waiting = waiting with { First = arrival.Next, Count = waiting.Count - 1 };
            }

            arrivedNs = arrival.TurnNs;
            return true;
        }

        arrivedNs = 0;
        return false;
    }

    private ref Arrival At(long number) => ref _arrivals[number & (_arrivals.Length - 1)];

    private void Grow()
    {
        var old = _arrivals;
        _arrivals = new Arrival[old.Length * 2];
        for (var number = _first; number < _end; number++)
        {
            At(number) = old[number & (old.Length - 1)];
        }
    }

    /// <summary>The arrivals of one identity: numbers of the first and the last.</summary>
    private readonly record struct Waiting(long First, long Last, int Count);

    private record struct Arrival(long TurnNs, long StampNs, ulong Key, uint Check)
    {
        /// <summary>Number of the next arrival of the identity.</summary>
        public long Next { get; set; }
    }
}

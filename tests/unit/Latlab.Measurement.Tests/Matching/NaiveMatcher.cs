using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Matching;

/// <summary>The definitions of <see cref="MatchResult"/> word by word, quadratic, over whole captures with clocks that never go back.</summary>
internal sealed class NaiveMatcher
{
    private sealed class Packet(PacketRecord record)
    {
        public PacketRecord Record { get; } = record;

        public long? ArrivalNs { get; set; }

        public bool Negative { get; set; }
    }

    private readonly List<long> _latencies = [];
    private long _duplicatedBefore;
    private long _duplicated;
    private long _unmatchedAfter;
    private long _negative;
    private long _reordered;

    public Dictionary<string, long> Counters { get; }

    public IReadOnlyList<long> Latencies => _latencies;

    public NaiveMatcher(IReadOnlyList<PacketRecord> ingress, IReadOnlyList<PacketRecord> egress, long windowNs, long captureEndNs)
    {
        var packets = new List<Packet>();
        foreach (var record in ingress)
        {
            if (packets.Any(packet => packet.Record.IsSamePacket(record) && record.TimeNs <= packet.Record.TimeNs + windowNs))
            {
                _duplicatedBefore++;
            }
            else
            {
                packets.Add(new Packet(record));
            }
        }

        var nextExpected = new Dictionary<ushort, ulong>();
        foreach (var arrival in egress)
        {
            var candidates = packets.Where(packet => packet.Record.IsSamePacket(arrival)).ToList();
            var before = candidates.LastOrDefault(packet => packet.Record.TimeNs <= arrival.TimeNs
                && arrival.TimeNs - packet.Record.TimeNs <= windowNs);
            var after = candidates.FirstOrDefault(packet => packet.Record.TimeNs > arrival.TimeNs
                && packet.Record.TimeNs - arrival.TimeNs <= windowNs);
            if (before is { ArrivalNs: null, Negative: false })
            {
                before.ArrivalNs = arrival.TimeNs;
                _latencies.Add(arrival.TimeNs - before.Record.TimeNs);
                var expected = nextExpected.GetValueOrDefault(arrival.Flow);
                if (arrival.Key < expected)
                {
                    _reordered++;
                }
                else
                {
                    nextExpected[arrival.Flow] = arrival.Key + 1;
                }
            }
            else if (before is not null)
            {
                _duplicated++;
            }
            else if (after is not null)
            {
                after.Negative = true;
                _negative++;
            }
            else
            {
                _unmatchedAfter++;
            }
        }

        var open = packets.Where(packet => packet is { ArrivalNs: null, Negative: false }).ToList();
        var undecided = open.Count(packet => packet.Record.TimeNs + windowNs > captureEndNs);
        Counters = new Dictionary<string, long>
        {
            ["sent"] = packets.Count,
            ["duplicatedBefore"] = _duplicatedBefore,
            ["received"] = egress.Count,
            ["matched"] = _latencies.Count,
            ["lost"] = open.Count - undecided + packets.Count(packet => packet.Negative),
            ["undecided"] = undecided,
            ["duplicated"] = _duplicated,
            ["unmatchedAfter"] = _unmatchedAfter,
            ["negative"] = _negative,
            ["reordered"] = _reordered,
        };
    }
}

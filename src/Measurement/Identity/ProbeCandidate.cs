using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>A rule, the packets of one capture's sample under it, and which of them were found in the other capture.</summary>
internal sealed class ProbeCandidate
{
    private readonly FlowTable _flows = new();
    private readonly PacketKeyer _keyer;
    private readonly PacketRecord[] _records = new PacketRecord[FrameBatch.Capacity];
    private readonly Dictionary<(ulong Key, uint Check), int> _indices = [];
    private readonly List<Packet> _packets = [];

    public ProbeCandidate(IdentityRule rule, ProbeHead sample)
    {
        Rule = rule;
        _keyer = new PacketKeyer(rule, _flows);
        foreach (var batch in sample.Batches)
        {
            foreach (ref readonly var record in Key(batch))
            {
                if (_indices.TryGetValue((record.Key, record.Check), out var index))
                {
                    _packets[index] = _packets[index] with { Recurs = true };
                    Recurring++;
                }
                else
                {
                    _indices.Add((record.Key, record.Check), _packets.Count);
                    _packets.Add(new Packet(record.TimeNs, record.Flow));
                }
            }
        }
    }

    public IdentityRule Rule { get; }

    public int Recurring { get; }

    /// <summary>Packets that are unique in the sample and were found.</summary>
    public int Common { get; private set; }

    /// <summary>Looks for the sample's packets among frames of the other capture.</summary>
    public void Look(FrameBatch batch)
    {
        foreach (ref readonly var record in Key(batch))
        {
            if (_indices.TryGetValue((record.Key, record.Check), out var index) && !_packets[index].Recurs)
            {
                var packet = _packets[index];
                Common += packet.Found == 0 ? 1 : 0;
                _packets[index] = packet with { Found = packet.Found + 1, FoundNs = packet.Found == 0 ? record.TimeNs : packet.FoundNs };
            }
        }
    }

    /// <summary>
    /// The other capture's stamps less the sample's over the packets that were found once; over all that were found, if none was found
    /// once.
    /// </summary>
    public long[] DifferencesNs()
    {
        var once = _packets.Where(packet => packet.Found == 1).ToList();
        return [.. (once.Count > 0 ? once : _packets.Where(packet => packet.Found > 0)).Select(packet => packet.FoundNs - packet.TimeNs)];
    }

    /// <summary>The same for each flow of packets that were found once; none where flows are numbers.</summary>
    public Dictionary<FlowKey, long[]> DifferencesByFlow() => _packets
        .Where(packet => packet.Found == 1)
        .GroupBy(packet => _flows.KeyOf(packet.Flow))
        .Where(flow => flow.Key is not null)
        .ToDictionary(flow => flow.Key!.Value, flow => flow.Select(packet => packet.FoundNs - packet.TimeNs).ToArray());

    private ReadOnlySpan<PacketRecord> Key(FrameBatch batch) => _records.AsSpan(0, _keyer.Key(batch, _records));

    private readonly record struct Packet(long TimeNs, ushort Flow, bool Recurs = false, int Found = 0, long FoundNs = 0);
}

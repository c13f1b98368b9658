using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Numbers flows from 0 in the order of appearance. When there are as many as it has room for, all further ones share the index
/// <see cref="Others"/>, or the one after it, where directions are told, when they go the other way. Needed for the capture before the device only: a matched packet's flow is that of its departure. Not thread-safe.
/// </summary>
public sealed class FlowTable
{
    private const int CacheSize = 4096;

    private readonly Dictionary<FlowKey, ushort> _indices = [];
    private readonly List<FlowKey> _keys = [];
    private readonly CachedFlow[] _cache = new CachedFlow[CacheSize];
    private readonly TrafficDirections? _directions;

    /// <summary>By index; empty where directions are not told.</summary>
    private readonly List<bool> _isReverse = [];
    private bool _hasOthers;
    private bool _hasReverseOthers;
    private int _numbered;

    /// <summary>An empty table.</summary>
    /// <param name="mostFlows">Flows that get an index of their own; from 1 to 65,535, or one less where directions are told.</param>
    /// <param name="directions">Tells which way a flow's packets go; null when they all go one way.</param>
    public FlowTable(int mostFlows = ushort.MaxValue, TrafficDirections? directions = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostFlows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mostFlows, ushort.MaxValue);
        Others = (ushort)(directions is null ? mostFlows : Math.Min(mostFlows, ushort.MaxValue - 1));
        _directions = directions;
    }

    /// <summary>Index of all flows that have none of their own.</summary>
    public ushort Others { get; }

    /// <summary>One more than the highest index given so far.</summary>
    public int Count => _hasReverseOthers ? Others + 2 : _hasOthers ? Others + 1 : Math.Max(_keys.Count, _numbered);

    /// <summary>Name of a flow for reports.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No flow has this index.</exception>
    public string NameOf(int flow)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(flow);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(flow, Count);
        return flow >= Others ? "all other flows"
            : flow < _keys.Count ? _keys[flow].ToString()
            : string.Create(CultureInfo.InvariantCulture, $"flow {flow}");
    }

    /// <summary>What the packets of a flow have in common; null for those that are numbered, and for all other flows.</summary>
    public FlowKey? KeyOf(int flow) => flow >= 0 && flow < _keys.Count ? _keys[flow] : null;

    /// <summary>Whether a flow's packets go the other way, as its addresses say; never where directions are not told.</summary>
    public bool IsReverse(int flow) => flow < _isReverse.Count ? _isReverse[flow] : flow > Others;

    /// <summary>
    /// The flow of the other direction of the same conversation, when the capture has it; null when not. The one with the lower index came
    /// first, so the other holds the replies.
    /// </summary>
    public int? ReverseOf(int flow) =>
        flow < _keys.Count && _indices.TryGetValue(_keys[flow].Reversed, out var reverse) && reverse != flow ? reverse : null;

    /// <summary>Index of a flow.</summary>
    public ushort IndexOf(in FlowKey key)
    {
        if (_indices.TryGetValue(key, out var index))
        {
            return index;
        }

        var isReverse = _directions?.IsReverse(key) == true;
        if (_keys.Count == Others)
        {
            _hasOthers = true;
            _hasReverseOthers |= isReverse;
            return isReverse ? (ushort)(Others + 1) : Others;
        }

        index = (ushort)_keys.Count;
        _keys.Add(key);
        if (_directions is not null)
        {
            _isReverse.Add(isReverse);
        }

        _indices.Add(key, index);
        return index;
    }

    /// <summary>
    /// The generator numbers its flows itself, and their numbers are their indices, up to <see cref="Others"/>: here it is noted how high
    /// they go.
    /// </summary>
    /// <param name="highest">The highest number; -1 for none.</param>
    internal void NoteNumbered(int highest)
    {
        _numbered = Math.Max(_numbered, Math.Min(highest + 1, Others));
        _hasOthers |= highest >= Others;
    }

    /// <summary>
    /// Index of a flow of IPv4 with ports, by a cache that has one place for each hash; other flows that fall on it take turns.
    /// </summary>
    /// <param name="addresses">Source and destination address as they stand in the header, read as a little-endian number.</param>
    /// <param name="ports">Source and destination port, likewise.</param>
    /// <param name="protocol">UDP or TCP, never 0: an empty place of the cache matches nothing.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ushort IndexOfIPv4(ulong addresses, uint ports, byte protocol)
    {
        ref var cached = ref _cache[BitOperations.Crc32C(BitOperations.Crc32C(protocol, addresses), ports) % CacheSize];
        if (cached.Addresses != addresses || cached.Ports != ports || cached.Protocol != protocol)
        {
            cached = new CachedFlow(addresses, ports, IndexOf(Key(addresses, ports, protocol)), protocol);
        }

        return cached.Flow;
    }

    private static FlowKey Key(ulong addresses, uint ports, byte protocol)
    {
        var inOrder = BinaryPrimitives.ReverseEndianness(addresses);
        var portsInOrder = BinaryPrimitives.ReverseEndianness(ports);
        return new FlowKey
        {
            EtherType = FrameParser.IPv4,
            Source = inOrder >> 32,
            Destination = (uint)inOrder,
            Protocol = protocol,
            HasPorts = true,
            SourcePort = (ushort)(portsInOrder >> 16),
            DestinationPort = (ushort)portsInOrder,
        };
    }

    /// <summary>A place of the cache: 16 bytes.</summary>
    private readonly record struct CachedFlow(ulong Addresses, uint Ports, ushort Flow, byte Protocol);
}

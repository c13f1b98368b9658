using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Latlab.Measurement.Identity;

/// <summary>
/// What decides how a frame of UDP or TCP over IPv4 is keyed: its protocol, and where what is covered starts and ends. Frames of one shape
/// are keyed alike, without looking at each for that again.
/// </summary>
internal readonly struct FrameShape
{
    private const int Ip = FrameParser.EthernetHeader;
    private const int DataOffset = Ip + 32;

    // Of the IP header's first word, as a little-endian number: version and header's length, total length, and what makes a fragment.
    private const ulong Told = 0xFF3F_0000_FFFF_00FF;

    private readonly ulong _first;
    private readonly bool _tellsDataOffset;
    private readonly byte _dataOffset;

    private FrameShape(ref byte start, CoveredPart part, int limit)
    {
        _first = FrameWord.Of(ref start, Ip) & Told;
        Protocol = ProtocolOf(ref start);
        StatedEnd = Ip + BinaryPrimitives.ReverseEndianness((ushort)(_first >> 16));
        End = Math.Min(StatedEnd, limit);
        _tellsDataOffset = part == CoveredPart.Payload && Protocol == IpParser.Tcp;
        _dataOffset = (byte)(Unsafe.Add(ref start, DataOffset) >> 4);
        From = part switch
        {
            CoveredPart.Frame => 0,
            CoveredPart.Ip => Ip,
            _ => Protocol == IpParser.Udp ? Ip + 28 : Ip + 20 + Math.Max(20, _dataOffset << 2),
        };
        IsFast = IsIPv4(ref start)
            && (byte)_first == 0x45
            && _first >> 48 == 0
            && Protocol is IpParser.Udp or IpParser.Tcp;
    }

    /// <summary>Whether it is UDP or TCP over IPv4 without VLAN tags, options or fragments. Nothing else is to be relied on otherwise.</summary>
    public bool IsFast { get; }

    public byte Protocol { get; }

    /// <summary>First byte that is covered, from the start of the frame.</summary>
    public int From { get; }

    /// <summary>End of what is covered.</summary>
    public int End { get; }

    /// <summary>End of the packet, as the IP header says.</summary>
    public int StatedEnd { get; }

    /// <summary>The shape of a frame of which 40 bytes behind the Ethernet header are there.</summary>
    /// <param name="start">Its first byte.</param>
    /// <param name="part">What is covered.</param>
    /// <param name="limit">Where that ends at the latest.</param>
    public static FrameShape Of(ref byte start, CoveredPart part, int limit) => new(ref start, part, limit);

    /// <summary>Whether another frame, of which as many bytes are there, has this shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Fits(ref byte start) =>
        (FrameWord.Of(ref start, Ip) & Told) == _first
        && IsIPv4(ref start)
        && ProtocolOf(ref start) == Protocol
        && (!_tellsDataOffset || Unsafe.Add(ref start, DataOffset) >> 4 == _dataOffset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIPv4(ref byte start) => (ushort)FrameWord.Of(ref start, Ip - 2) == 0x0008; // EtherType 0x0800

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte ProtocolOf(ref byte start) => Unsafe.Add(ref start, Ip + 9);
}

using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Latlab.Measurement.Identity;

/// <summary>What the packets of a flow have in common, in one direction.</summary>
public readonly record struct FlowKey
{
    /// <summary>0x0800 for IPv4, 0x86DD for IPv6, else what the frame says; 0 for a frame with an 802.3 length.</summary>
    public ushort EtherType { get; init; }

    /// <summary>Source address as a number; of IPv4 the low 32 bits. 0 if it is not IP.</summary>
    public UInt128 Source { get; init; }

    /// <summary>Destination address.</summary>
    public UInt128 Destination { get; init; }

    /// <summary>Protocol behind IP (IANA's number).</summary>
    public byte Protocol { get; init; }

    /// <summary>Whether there are ports: not in fragments, and not in all protocols.</summary>
    public bool HasPorts { get; init; }

    /// <summary>Source port, or 0.</summary>
    public ushort SourcePort { get; init; }

    /// <summary>Destination port, or 0.</summary>
    public ushort DestinationPort { get; init; }

    /// <summary>The other direction of the same conversation.</summary>
    public FlowKey Reversed => this with
    {
        Source = Destination,
        Destination = Source,
        SourcePort = DestinationPort,
        DestinationPort = SourcePort,
    };

    /// <summary>
    /// A name for reports: <c>10.0.0.1:1000 &gt; 10.0.0.2:2000 udp</c>, <c>[2001:db8::1]:53 &gt; [2001:db8::2]:53 udp</c>; of frames that
    /// are not IP or not well formed the EtherType: <c>ethertype 0x0806</c>.
    /// </summary>
    public override string ToString() => EtherType is FrameParser.IPv4 or FrameParser.IPv6 && (Source | Destination) != 0
        ? $"{EndPoint(Source, SourcePort)} > {EndPoint(Destination, DestinationPort)} {ProtocolName()}"
        : string.Create(CultureInfo.InvariantCulture, $"ethertype 0x{EtherType:x4}");

    private string EndPoint(UInt128 address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        var text = EtherType == FrameParser.IPv4 ? new IPAddress(bytes[12..]).ToString() : $"[{new IPAddress(bytes)}]";
        return HasPorts ? string.Create(CultureInfo.InvariantCulture, $"{text}:{port}") : text;
    }

    private string ProtocolName() => Protocol switch
    {
        IpParser.Icmp => "icmp",
        IpParser.Tcp => "tcp",
        IpParser.Udp => "udp",
        IpParser.IcmpV6 => "icmpv6",
        IpParser.Sctp => "sctp",
        _ => string.Create(CultureInfo.InvariantCulture, $"protocol {Protocol}"),
    };
}

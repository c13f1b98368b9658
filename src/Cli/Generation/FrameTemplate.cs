using System.Buffers.Binary;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Generation;

/// <summary>An Ethernet frame of UDP over IPv4 whose flow and payload are filled in per packet.</summary>
internal static class FrameTemplate
{
    /// <summary>Added to frames by the hardware, and counted by RFC 2544 and by our API.</summary>
    public const int FrameCheckSequence = 4;

    private const int Ethernet = 14;
    private const int IPv4 = 20;
    private const int Udp = 8;
    private const int UdpStart = Ethernet + IPv4;
    private const int PayloadStart = UdpStart + Udp;

    /// <summary>Source port of flow 0: flows have ports of the dynamic range (RFC 6335).</summary>
    private const int FirstSourcePort = 49152;

    private const ushort DiscardPort = 9;

    /// <summary>
    /// Nobody's address: locally administered, and the same for every run. Were it the address of the peer interface, the kernel at the far
    /// end of a virtual wire would take each frame for its own and route it or answer it with ICMP, at the cost of CPU time beside the
    /// measurement. A frame for another host (PACKET_OTHERHOST) it drops first thing, after packet sockets, i.e. captures and DPDK's
    /// af_packet ports, have had it.
    /// </summary>
    private static ReadOnlySpan<byte> DestinationAddress => [0x02, 0x4C, 0x41, 0x54, 0x00, 0x01];

    /// <summary>198.18.0.1 and 198.19.0.1, of the range for benchmarks (RFC 2544 annex C.2.2).</summary>
    private static ReadOnlySpan<byte> IPAddresses => [198, 18, 0, 1, 198, 19, 0, 1];

    /// <summary>Writes all that is the same in each packet. The payload beyond the generator's header is zeros.</summary>
    public static void Write(Span<byte> frame, ReadOnlySpan<byte> sourceAddress)
    {
        frame.Clear();
        DestinationAddress.CopyTo(frame);
        sourceAddress.CopyTo(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], 0x0800);

        var ip = frame[Ethernet..];
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)ip.Length);
        // Do not fragment: with it an identification of 0 is allowed for all packets (RFC 6864 §4.1).
        ip[6] = 0x40;
        ip[8] = 64;
        ip[9] = 17;
        IPAddresses.CopyTo(ip[12..]);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..IPv4]));

        var udp = frame[UdpStart..];
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], DiscardPort);
        // The checksum stays 0, i.e. none, which IPv4 allows (RFC 768): the payload changes with each packet.
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)udp.Length);
    }

    /// <summary>Makes it the packet of <paramref name="header"/>.</summary>
    public static void Fill(Span<byte> frame, GeneratorHeader header)
    {
        BinaryPrimitives.WriteUInt16BigEndian(frame[UdpStart..], (ushort)(FirstSourcePort + header.Flow));
        header.Write(frame[PayloadStart..]);
    }

    /// <summary>The Internet checksum (RFC 1071) of a header whose checksum field is 0.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        var sum = 0u;
        for (var i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~(sum + (sum >> 16));
    }
}

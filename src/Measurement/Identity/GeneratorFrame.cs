using System.Buffers.Binary;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Finds the generator's header in an Ethernet frame. Looks at nothing that a forwarder may rewrite (addresses, ports, TTL, checksums), so
/// a packet is known again in every forwarding mode.
/// </summary>
public static class GeneratorFrame
{
    /// <summary>Bytes of a frame that hold the header at the latest: two VLAN tags and a full set of IPv4 options before it.</summary>
    public const int BytesNeeded = EthernetHeader + (2 * VlanTag) + LongestIPv4Header + UdpHeader + GeneratorHeader.Length;

    private const int EthernetHeader = 14;
    private const int VlanTag = 4;
    private const int ShortestIPv4Header = 20;
    private const int LongestIPv4Header = 60;
    private const int UdpHeader = 8;
    private const byte Udp = 17;

    /// <summary>
    /// Reads the header of UDP over IPv4 in Ethernet with up to two VLAN tags; false when the frame holds something else or was cut too
    /// short.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out GeneratorHeader header)
    {
        header = default;
        var ip = EthernetHeader;
        if (frame.Length < ip + ShortestIPv4Header)
        {
            return false;
        }

        var etherType = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip - 2)..]);
        for (var tags = 0; etherType is 0x8100 or 0x88A8 && tags < 2; tags++)
        {
            ip += VlanTag;
            etherType = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip - 2)..]);
        }

        if (etherType != 0x0800 || frame.Length < ip + ShortestIPv4Header || frame[ip] >> 4 != 4 || frame[ip + 9] != Udp)
        {
            return false;
        }

        // Only a first fragment has a UDP header.
        var fragmentOffset = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip + 6)..]) & 0x1FFF;
        var payload = ip + ((frame[ip] & 0xF) * 4) + UdpHeader;
        return fragmentOffset == 0 && frame.Length >= payload && GeneratorHeader.TryRead(frame[payload..], out header);
    }

    /// <summary>
    /// Expression of pcap-filter(7) that lets through the frames of one run, and all frames with a VLAN tag (the filter language shifts
    /// offsets for tags only in ways that differ between drivers): <see cref="TryRead"/> has the last word.
    /// </summary>
    public static string CaptureFilter(uint runId) =>
        $"(udp[8:2] = 0x{GeneratorHeader.Magic:x4} and udp[12:4] = 0x{runId:x8}) or vlan";
}

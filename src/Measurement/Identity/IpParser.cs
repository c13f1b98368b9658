using System.Buffers.Binary;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Finds the parts of IPv4 (RFC 791) and IPv6 (RFC 8200) in frames. False when the header is not well formed or not all there: then the
/// frame is treated as any frame that is not IP. So is one with length 0, as segmentation offload leaves it in captures of the sender's
/// own.
/// </summary>
internal static class IpParser
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte IcmpV6 = 58;
    public const byte Sctp = 132;

    private const int ShortestV4Header = 20;
    private const int V6Header = 40;
    private const byte FragmentHeader = 44;
    private const byte AuthenticationHeader = 51;
    private const byte NoNextHeader = 59;

    public static bool TryParseV4(ReadOnlySpan<byte> frame, ref FrameLayout layout)
    {
        var ip = frame[layout.L3..];
        if (ip.Length < ShortestV4Header || ip[0] >> 4 != 4)
        {
            return false;
        }

        var header = (ip[0] & 0xF) * 4;
        var total = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
        if (header < ShortestV4Header || total < header)
        {
            return false;
        }

        var fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[6..]);
        layout.IsFragment = (fragment & 0x3FFF) != 0;
        layout.HasL4 = (fragment & 0x1FFF) == 0;
        layout.L4 = layout.L3 + header;
        Set(frame, ref layout, version: 4, end: layout.L3 + total, protocol: ip[9]);
        return true;
    }

    public static bool TryParseV6(ReadOnlySpan<byte> frame, ref FrameLayout layout)
    {
        var ip = frame[layout.L3..];
        if (ip.Length < V6Header || ip[0] >> 4 != 6)
        {
            return false;
        }

        var payloadLength = BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
        var next = ip[6];
        if (payloadLength == 0 && next != NoNextHeader)
        {
            return false;
        }

        var at = V6Header;
        var limit = Math.Min(ip.Length, V6Header + payloadLength);
        layout.HasL4 = true;
        while (layout.HasL4 && IsExtension(next))
        {
            if (at + 8 > limit)
            {
                layout.HasL4 = false;
                at = FrameLayout.Absent - layout.L3;
                break;
            }

            var size = next switch
            {
                FragmentHeader => 8,
                AuthenticationHeader => (ip[at + 1] + 2) * 4,
                _ => (ip[at + 1] + 1) * 8,
            };
            if (next == FragmentHeader)
            {
                var fragment = BinaryPrimitives.ReadUInt16BigEndian(ip[(at + 2)..]);
                layout.IsFragment = (fragment & 0xFFF9) != 0;
                layout.HasL4 = (fragment & 0xFFF8) == 0;
            }

            next = ip[at];
            at += size;
        }

        layout.L4 = layout.L3 + at;
        Set(frame, ref layout, version: 6, end: layout.L3 + V6Header + payloadLength, protocol: next);
        return true;
    }

    /// <summary>Hop-by-hop, routing, fragment, authentication, destination options, mobility, HIP, Shim6 (RFC 7045).</summary>
    private static bool IsExtension(byte header) => header is 0 or 43 or FragmentHeader or AuthenticationHeader or 60 or 135 or 139 or 140;

    private static void Set(ReadOnlySpan<byte> frame, ref FrameLayout layout, int version, int end, byte protocol)
    {
        layout.IpVersion = version;
        layout.End = end;
        layout.EndIsStated = true;
        layout.Protocol = protocol;
        layout.Payload = layout.HasL4 ? AfterL4(frame, protocol, layout.L4) : layout.L4;
    }

    private static int AfterL4(ReadOnlySpan<byte> frame, byte protocol, int l4) => protocol switch
    {
        Udp or Icmp or IcmpV6 => l4 + 8,
        Tcp when l4 + 13 > frame.Length => FrameLayout.Absent,
        Tcp => l4 + Math.Max(20, frame[l4 + 12] >> 4 << 2),
        _ => l4,
    };
}

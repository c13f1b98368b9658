using System.Buffers.Binary;

namespace Latlab.Measurement.Identity;

/// <summary>Finds the parts of Ethernet frames (IEEE 802.3 clause 3, VLAN tags of 802.1Q). Never throws, whatever the bytes are.</summary>
internal static class FrameParser
{
    public const int EthernetHeader = 14;
    public const ushort IPv4 = 0x0800;
    public const ushort IPv6 = 0x86DD;

    private const int VlanTag = 4;
    private const int FcsLength = 4;
    private const int MostOf8023 = 1500;

    /// <summary>False when the frame has no EtherType: it is too short.</summary>
    /// <param name="frame">The captured bytes.</param>
    /// <param name="wireLength">Length on the wire as the capture says: tells only whether a frame that does not state its length was
    /// cut.</param>
    /// <param name="layout">Where its parts are.</param>
    public static bool TryParse(ReadOnlySpan<byte> frame, int wireLength, out FrameLayout layout)
    {
        layout = new FrameLayout { L4 = FrameLayout.Absent, Payload = FrameLayout.Absent };
        var start = EthernetHeader;
        while (start <= frame.Length && IsVlan(TypeBefore(frame, start)))
        {
            start += VlanTag;
        }

        if (start > frame.Length)
        {
            return false;
        }

        var type = TypeBefore(frame, start);
        layout.L3 = start;
        layout.EtherType = type <= MostOf8023 ? (ushort)0 : type;
        var isIp = type switch
        {
            IPv4 => IpParser.TryParseV4(frame, ref layout),
            IPv6 => IpParser.TryParseV6(frame, ref layout),
            _ => false,
        };
        if (!isIp)
        {
            FindEnd(frame, wireLength, type, ref layout);
        }

        return true;
    }

    private static ushort TypeBefore(ReadOnlySpan<byte> frame, int start) => BinaryPrimitives.ReadUInt16BigEndian(frame[(start - 2)..]);

    /// <summary>802.1Q, 802.1ad, and what was used for double tags before 802.1ad.</summary>
    private static bool IsVlan(ushort type) => type is 0x8100 or 0x88A8 or 0x9100;

    private static void FindEnd(ReadOnlySpan<byte> frame, int wireLength, ushort type, ref FrameLayout layout)
    {
        if (type <= MostOf8023)
        {
            layout.End = layout.L3 + type;
            layout.EndIsStated = true;
        }
        else if (wireLength > frame.Length + FcsLength)
        {
            // Up to four bytes less may be a capture that leaves out the FCS but counts it.
            layout.End = FrameLayout.Absent;
        }
        else
        {
            layout.HasFcs = frame.Length >= layout.L3 + FcsLength && EthernetFcs.IsAtEndOf(frame);
            layout.End = frame.Length - (layout.HasFcs ? FcsLength : 0);
        }
    }
}

using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Identity;

/// <summary>Where the parts of an Ethernet frame are. Offsets count from the start of the frame.</summary>
internal struct FrameLayout
{
    /// <summary>Shortest frame on a wire without FCS (IEEE 802.3 §4.4.2): shorter ones are filled up.</summary>
    public const int ShortestFrame = 60;

    /// <summary>An offset that the captured bytes do not reach, or do not tell.</summary>
    public const int Absent = int.MaxValue;

    /// <summary>What follows the VLAN tags; 0 for an 802.3 length.</summary>
    public ushort EtherType;

    /// <summary>Start of the IP header, or of what follows the EtherType.</summary>
    public int L3;

    /// <summary>
    /// End of the frame without padding and FCS, as the IP header or the 802.3 length says, which may be more than was captured; else the
    /// end of the captured bytes less an FCS, or <see cref="Absent"/> when the capture cut the frame.
    /// </summary>
    public int End;

    /// <summary>Whether <see cref="End"/> is stated in the frame, and so is known even when it was cut.</summary>
    public bool EndIsStated;

    /// <summary>Whether the frame has a trailing FCS; not looked for when <see cref="EndIsStated"/>.</summary>
    public bool HasFcs;

    /// <summary>4, 6, or 0 if it is not IP or not well formed.</summary>
    public int IpVersion;

    /// <summary>Protocol behind IP and its extension headers.</summary>
    public byte Protocol;

    /// <summary>Whether it is one fragment of several.</summary>
    public bool IsFragment;

    /// <summary>Whether <see cref="L4"/> is the start of a header of <see cref="Protocol"/>: not for later fragments.</summary>
    public bool HasL4;

    /// <summary>What follows IP and its extension headers.</summary>
    public int L4;

    /// <summary>What follows the header of UDP, TCP, ICMP and ICMPv6; else the same as <see cref="L4"/>.</summary>
    public int Payload;

    /// <summary>Length of the frame on the wire without FCS, whether or not the capture counts that; 65,535 if longer.</summary>
    public readonly ushort WireLength(in Frame frame) => EndIsStated
        ? WireLength(frame, End)
        : (ushort)Math.Clamp(frame.WireLength - (HasFcs ? 4 : 0), 0, ushort.MaxValue);

    /// <summary>The same for a frame that states its end.</summary>
    public static ushort WireLength(in Frame frame, int end) =>
        (ushort)Math.Min(Math.Min((uint)frame.WireLength, ushort.MaxValue), (uint)Math.Max(ShortestFrame, end));
}

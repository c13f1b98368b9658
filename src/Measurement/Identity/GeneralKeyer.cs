using System.Buffers.Binary;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>Keys any frame, one step after the other. What the fast path leaves, and what it must agree with. Not thread-safe.</summary>
/// <param name="rule">Any rule but the generator's.</param>
/// <param name="flows">Where flows get their index; null for index 0.</param>
internal sealed class GeneralKeyer(IdentityRule rule, FlowTable? flows)
{
    private readonly CoveredBytes _covered = new(rule);

    /// <summary>False when the rule cannot know the frame.</summary>
    public bool TryKey(ReadOnlySpan<byte> bytes, in Frame frame, out PacketRecord record)
    {
        record = default;
        if (!FrameParser.TryParse(bytes, frame.WireLength, out var layout))
        {
            return false;
        }

        var covered = _covered.Of(bytes, layout, out var length);
        if (covered.IsEmpty)
        {
            return false;
        }

        var (key, check) = IdentityHash.Of(covered, length);
        var flow = flows?.IndexOf(FlowOf(bytes, layout)) ?? 0;
        record = new PacketRecord(frame.TimeNs, key, check, flow, layout.WireLength(frame));
        return true;
    }

    /// <summary>Fragments have no ports here, the first one neither, so that the parts of a datagram stay together.</summary>
    private static FlowKey FlowOf(ReadOnlySpan<byte> bytes, in FrameLayout layout)
    {
        var ip = bytes[layout.L3..];
        var l4 = layout.HasL4 && !layout.IsFragment && HasPorts(layout.Protocol) && layout.L4 + 4 <= Math.Min(bytes.Length, layout.End)
            ? bytes[layout.L4..]
            : [];
        var key = new FlowKey
        {
            EtherType = layout.EtherType,
            Protocol = layout.Protocol,
            HasPorts = !l4.IsEmpty,
            SourcePort = l4.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(l4),
            DestinationPort = l4.IsEmpty ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(l4[2..]),
        };
        return layout.IpVersion switch
        {
            4 => key with
            {
                Source = BinaryPrimitives.ReadUInt32BigEndian(ip[12..]),
                Destination = BinaryPrimitives.ReadUInt32BigEndian(ip[16..]),
            },
            6 => key with
            {
                Source = BinaryPrimitives.ReadUInt128BigEndian(ip[8..]),
                Destination = BinaryPrimitives.ReadUInt128BigEndian(ip[24..]),
            },
            _ => key,
        };
    }

    private static bool HasPorts(byte protocol) => protocol is IpParser.Udp or IpParser.Tcp or IpParser.Sctp;
}

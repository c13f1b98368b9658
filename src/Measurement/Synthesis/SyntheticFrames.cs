using System.Buffers.Binary;
using Latlab.Measurement.Identity;

namespace Latlab.Measurement.Synthesis;

/// <summary>Makes a packet's frame at either tap. The bytes depend on its number alone, so that neither tap has to remember them.</summary>
internal sealed class SyntheticFrames
{
    private const int Ethernet = 14;
    private const int VlanTag = 4;
    private const int Udp = 8;
    private const int ShortestIpv6 = 90;

    private readonly SynthesisOptions _options;
    private readonly byte[] _frame;
    private readonly int _ip;
    private readonly int _l4;

    public SyntheticFrames(SynthesisOptions options, bool after)
    {
        if (options.Size < (options.Kind == SyntheticKind.Ipv6 ? ShortestIpv6 : 64))
        {
            throw new ArgumentException($"size {options.Size}: too short for {options.Kind}; at least {ShortestIpv6} for Ipv6, else 64", nameof(options));
        }

        _options = options;
        After = after;
        var tagged = after && options.Rewrite == SyntheticRewrite.Vlan;
        _ip = Ethernet + (tagged ? VlanTag : 0);
        _l4 = _ip + (options.Kind == SyntheticKind.Ipv6 ? 40 : 20);
        Length = options.Size - 4 + (tagged ? VlanTag : 0);
        _frame = new byte[Length + (after && options.FcsAfter ? 4 : 0)];
        byte[] addresses = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
        addresses.CopyTo(_frame, 0);
        if (after && options.Rewrite is SyntheticRewrite.Mac or SyntheticRewrite.Ttl or SyntheticRewrite.Nat)
        {
            _frame[5] = 4;
            _frame[11] = 3;
        }

        if (tagged)
        {
            BinaryPrimitives.WriteUInt32BigEndian(_frame.AsSpan(12), 0x8100_0064);
        }

        BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(_ip - 2), options.Kind == SyntheticKind.Ipv6 ? (ushort)0x86DD : (ushort)0x0800);
    }

    /// <summary>Length on the wire, with the FCS where the capture keeps it.</summary>
    public int WireLength => _frame.Length;

    private bool After { get; }

    private int Length { get; }

    /// <summary>The frame of a packet; valid until the next.</summary>
    public ReadOnlySpan<byte> Of(in SyntheticEvent packet)
    {
        var ip = _frame.AsSpan(_ip);
        var length = _options.Size - 4 - Ethernet;
        if (_options.Kind == SyntheticKind.Ipv6)
        {
            WriteIpv6(ip, length);
        }
        else
        {
            WriteIpv4(ip, length, packet);
        }

        WriteUdp(_frame.AsSpan(_l4), length - (_l4 - _ip), packet);
        WritePayload(_frame.AsSpan(_l4 + Udp, Length - _l4 - Udp), packet);
        if (_frame.Length > Length)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_frame.AsSpan(Length), EthernetFcs.Of(_frame.AsSpan(0, Length)));
        }

        return _frame.AsSpan(0, Math.Min(_frame.Length, _options.SnapLength));
    }

    private bool Routes => After && _options.Rewrite is SyntheticRewrite.Ttl or SyntheticRewrite.Nat;

    private bool Translates => After && _options.Rewrite == SyntheticRewrite.Nat;

    private void WriteIpv4(Span<byte> ip, int length, in SyntheticEvent packet)
    {
        ip[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)length);
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], _options.Kind == SyntheticKind.Generator ? (ushort)0 : (ushort)packet.Number);
        ip[8] = (byte)(Routes ? 63 : 64);
        ip[9] = 17;
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(ip[12..], Translates ? 0xC000_0201 : 0x0A00_0001);
        BinaryPrimitives.WriteUInt32BigEndian(ip[16..], 0x0A00_0102);
        BinaryPrimitives.WriteUInt16BigEndian(ip[10..], Checksum(ip[..20]));
    }

    private void WriteIpv6(Span<byte> ip, int length)
    {
        ip[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(length - 40));
        ip[6] = 17;
        ip[7] = (byte)(Routes ? 63 : 64);
        ip[8] = 0xFD;
        ip[23] = (byte)(Translates ? 9 : 1);
        ip[24] = 0xFD;
        ip[39] = 2;
    }

    private void WriteUdp(Span<byte> udp, int length, in SyntheticEvent packet)
    {
        BinaryPrimitives.WriteUInt16BigEndian(udp, (ushort)((Translates ? 40_000 : 1024) + packet.Flow));
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], 1026);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)length);
    }

    private void WritePayload(Span<byte> payload, in SyntheticEvent packet)
    {
        switch (_options.Kind)
        {
            case SyntheticKind.Generator:
                new GeneratorHeader(PacketKind.Measured, 7, packet.Flow, (ulong)packet.Number).Write(payload);
                break;
            case SyntheticKind.UdpConstantPadding:
                BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)packet.Number);
                break;
            case SyntheticKind.IpIdOnly:
                break;
            default:
                // Far apart for different seeds: no payload of one is a payload of the other.
                new SyntheticRandom((_options.Seed * 0x9E3779B97F4A7C15) ^ (ulong)packet.Number).Fill(payload);
                break;
        }
    }

    private static ushort Checksum(ReadOnlySpan<byte> header)
    {
        var sum = 0u;
        for (var i = 0; i < header.Length; i += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(header[i..]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~((sum & 0xFFFF) + (sum >> 16));
    }
}

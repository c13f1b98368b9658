using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Keys what almost all frames of a measurement are, UDP and TCP over IPv4 without VLAN tags, options or fragments, by fixed offsets;
/// leaves the others to <see cref="GeneralKeyer"/>, with which it agrees on every frame. Compiled once for each
/// <typeparamref name="TCover"/>.
/// </summary>
internal static class FastKeyer<TCover>
    where TCover : struct, ICover
{
    private const int Ip = FrameParser.EthernetHeader;
    private const int Ports = Ip + 20;
    private const int UdpPayload = Ip + 28;

    /// <summary>IPv4 and TCP without options, and UDP with at least 12 bytes: up to here all offsets are fixed.</summary>
    private const int Fixed = Ip + 40;

    // Masks of the first, second, fourth and fifth word of 8 bytes from the IP header on, as little-endian numbers.
    private const ulong All = ~0UL;
    private const ulong WithoutDscp = ~0xFF00UL;
    private const ulong WithoutTtl = ~0xFFFF_00FFUL; // and without the header's checksum
    private const ulong WithoutUdpChecksum = ~0xFFFF_0000UL;
    private const ulong WithoutTcpChecksum = ~0xFFFF_0000_0000UL;

    /// <summary>Keys a batch and returns the number of packets; frames that <paramref name="general"/> cannot know are none.</summary>
    public static int Key(FrameBatch batch, PacketColumns columns, GeneralKeyer general, FlowTable? flows, int depth) => batch.IsEven
        ? Key(batch, batch.Even, columns, general, flows, depth)
        : Key(batch, batch.Listed, columns, general, flows, depth);

    // Optimized from the first call: a loop of a thousand rounds a call would keep the unoptimized code for millions of packets.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Key<TFrames>(
        FrameBatch batch, TFrames frames, PacketColumns columns, GeneralKeyer general, FlowTable? flows, int depth)
        where TFrames : struct, IFrameList
    {
        var limit = depth == 0 ? int.MaxValue : Ip + depth;
        var count = 0;
        var frameCount = batch.Count;
        for (var i = 0; i < frameCount; i++)
        {
            var frame = frames[i];
            var bytes = batch.BytesOf(frame);
            if (TryKey(bytes, frame, limit, flows, out var record) || general.TryKey(bytes, frame, out record))
            {
                columns.Set(count++, record);
            }
        }

        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryKey(ReadOnlySpan<byte> bytes, in Frame frame, int limit, FlowTable? flows, out PacketRecord record)
    {
        Unsafe.SkipInit(out record);
        if (bytes.Length < Fixed)
        {
            return false;
        }

        // The one bounds check: everything below reads before Fixed or before end.
        ref var start = ref MemoryMarshal.GetReference(bytes);
        var first = FrameWord.Of(ref start, Ip);
        var second = FrameWord.Of(ref start, Ip + 8);
        var total = BinaryPrimitives.ReverseEndianness((ushort)(first >> 16));
        var end = Math.Min(Ip + total, limit);
        var protocol = (byte)(second >> 8);
        if (Word16(ref start, 12) != 0x0008 // EtherType 0x0800
            || (byte)first != 0x45
            || (first & 0xFF3F_0000_0000_0000) != 0 // a fragment
            || protocol is not (IpParser.Udp or IpParser.Tcp)
            || end < Fixed
            || end > bytes.Length)
        {
            return false;
        }

        var from = TCover.Part switch
        {
            CoveredPart.Frame => 0,
            CoveredPart.Ip => Ip,
            _ => protocol == IpParser.Udp ? UdpPayload : Ip + 20 + Math.Max(20, Unsafe.Add(ref start, Ip + 32) >> 4 << 2),
        };
        if (TCover.Part == CoveredPart.Payload && from >= end)
        {
            return false;
        }

        var length = Ip + total - from;
        var key = IdentityHash.StartOfKey;
        var check = IdentityHash.StartOfCheck(length);
        var at = from;
        if (TCover.Part == CoveredPart.Ip)
        {
            var isUdp = protocol == IpParser.Udp;
            var (mask0, mask1, mask3, mask4) = !TCover.MasksHeaders ? (All, All, All, All)
                : isUdp ? (WithoutDscp, WithoutTtl, WithoutUdpChecksum, All)
                : (WithoutDscp, WithoutTtl, All, WithoutTcpChecksum);
            var word2 = FrameWord.Of(ref start, Ip + 16);
            var word3 = FrameWord.Of(ref start, Ip + 24) & mask3;
            var word4 = FrameWord.Of(ref start, Ip + 32) & mask4;
            var word5 = end >= Ip + 48 ? FrameWord.Of(ref start, Ip + 40) : LastWord(ref start, Ip + 40, end);
            key = IdentityHash.AddToKey(key, first & mask0, second & mask1);
            key = IdentityHash.AddToKey(key, word2, word3);
            key = IdentityHash.AddToKey(key, word4, word5);
            check = IdentityHash.AddToCheck(check, first & mask0, second & mask1);
            check = IdentityHash.AddToCheck(check, word2, word3);
            check = IdentityHash.AddToCheck(check, word4, word5);
            at = Ip + 48;
        }

        for (; at <= end - 16; at += 16)
        {
            key = IdentityHash.AddToKey(key, FrameWord.Of(ref start, at), FrameWord.Of(ref start, at + 8));
            check = IdentityHash.AddToCheck(check, FrameWord.Of(ref start, at), FrameWord.Of(ref start, at + 8));
        }

        if (at < end)
        {
            var isFull = at <= end - 8;
            var last = isFull ? FrameWord.Of(ref start, at) : LastWord(ref start, at, end);
            var veryLast = isFull ? LastWord(ref start, at + 8, end) : 0;
            key = IdentityHash.AddToKey(key, last, veryLast);
            check = IdentityHash.AddToCheck(check, last, veryLast);
        }

        var flow = flows is null
            ? (ushort)0
            : flows.IndexOfIPv4(FrameWord.Of(ref start, Ip + 12), (uint)FrameWord.Of(ref start, Ports), protocol);
        record = new PacketRecord(frame.TimeNs, IdentityHash.EndOfKey(key, length), check, flow, FrameLayout.WireLength(frame, Ip + total));
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ushort Word16(ref byte start, int at) => (ushort)FrameWord.Of(ref start, at);

    /// <summary>
    /// The bytes from <paramref name="at"/> to <paramref name="end"/>, less than eight, filled up with zeros; reads those before them, too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong LastWord(ref byte start, int at, int end)
    {
        Debug.Assert(end - at is < 8 && end >= 8);
        return at < end ? FrameWord.Of(ref start, end - 8) >> (8 * (8 - (end - at))) : 0;
    }
}

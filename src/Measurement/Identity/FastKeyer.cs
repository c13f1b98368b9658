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

    private static int Key<TFrames>(
        FrameBatch batch, TFrames frames, PacketColumns columns, GeneralKeyer general, FlowTable? flows, int depth)
        where TFrames : struct, IFrameList
    {
        var limit = depth == 0 ? int.MaxValue : Ip + depth;
        var count = 0;
        for (var at = 0; at < batch.Count;)
        {
            var frame = frames[at];
            var bytes = batch.BytesOf(frame);
            if (TryShape(bytes, limit, out var shape))
            {
                var alike = KeyAlike(batch, frames, at, shape, columns, count, flows);
                (at, count) = (at + alike, count + alike);
                continue;
            }

            if (general.TryKey(bytes, frame, out var record))
            {
                columns.Set(count++, record);
            }

            at++;
        }

        return count;
    }

    /// <summary>What decides how a frame is keyed; false when that is more than fixed offsets.</summary>
    private static bool TryShape(ReadOnlySpan<byte> bytes, int limit, out FrameShape shape)
    {
        shape = default;
        if (bytes.Length < Fixed)
        {
            return false;
        }

        ref var start = ref MemoryMarshal.GetReference(bytes);
        shape = FrameShape.Of(ref start, TCover.Part, limit);
        return shape.IsFast && shape.End >= Fixed && shape.End <= bytes.Length && (TCover.Part != CoveredPart.Payload || shape.From < shape.End);
    }

    /// <summary>Keys the frame at <paramref name="at"/>, whose shape is known, and those behind it of the same shape; returns how many.</summary>
    // Optimized from the first call: a loop of a thousand rounds a call would keep the unoptimized code for millions of packets.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int KeyAlike<TFrames>(
        FrameBatch batch, TFrames frames, int at, in FrameShape alike, PacketColumns columns, int place, FlowTable? flows)
        where TFrames : struct, IFrameList
    {
        var shape = alike;
        ref var origin = ref MemoryMarshal.GetArrayDataReference(batch.Bytes);
        var lastOffset = batch.Bytes.Length - shape.End;
        var (usualWireLength, wireLength) = (-1, (ushort)0);
        var most = batch.Count - at;
        var count = 0;
        var frame = frames[at];
        ref var start = ref Unsafe.Add(ref origin, frame.Offset);
        while (true)
        {
            var (key, check) = Hash(ref start, shape);
            if (frame.WireLength != usualWireLength)
            {
                (usualWireLength, wireLength) = (frame.WireLength, FrameLayout.WireLength(frame, shape.StatedEnd));
            }

            var flow = flows is null
                ? (ushort)0
                : flows.IndexOfIPv4(FrameWord.Of(ref start, Ip + 12), (uint)FrameWord.Of(ref start, Ports), shape.Protocol);
            columns.Set(place + count, frame.TimeNs, key, check, flow, wireLength);
            if (++count == most)
            {
                return count;
            }

            frame = frames[at + count];
            // The one bounds check: everything reads before the shape's end.
            if (frame.Length < shape.End || (uint)frame.Offset > (uint)lastOffset)
            {
                return count;
            }

            start = ref Unsafe.Add(ref origin, frame.Offset);
            if (!shape.Fits(ref start))
            {
                return count;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong Key, uint Check) Hash(ref byte start, in FrameShape shape)
    {
        var end = shape.End;
        var length = shape.StatedEnd - shape.From;
        var key = IdentityHash.StartOfKey;
        var check = IdentityHash.StartOfCheck(length);
        var at = shape.From;
        if (TCover.Part == CoveredPart.Ip)
        {
            var isUdp = shape.Protocol == IpParser.Udp;
            var (mask0, mask1, mask3, mask4) = !TCover.MasksHeaders ? (All, All, All, All)
                : isUdp ? (WithoutDscp, WithoutTtl, WithoutUdpChecksum, All)
                : (WithoutDscp, WithoutTtl, All, WithoutTcpChecksum);
            var word0 = FrameWord.Of(ref start, Ip) & mask0;
            var word1 = FrameWord.Of(ref start, Ip + 8) & mask1;
            var word2 = FrameWord.Of(ref start, Ip + 16);
            var word3 = FrameWord.Of(ref start, Ip + 24) & mask3;
            var word4 = FrameWord.Of(ref start, Ip + 32) & mask4;
            var word5 = end >= Ip + 48 ? FrameWord.Of(ref start, Ip + 40) : LastWord(ref start, Ip + 40, end);
            key = IdentityHash.AddToKey(key, word0, word1);
            key = IdentityHash.AddToKey(key, word2, word3);
            key = IdentityHash.AddToKey(key, word4, word5);
            check = IdentityHash.AddToCheck(check, word0, word1);
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

        return (IdentityHash.EndOfKey(key, length), check);
    }

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

using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Keys the generator's measured packets: the sequence number is the key, the flow the check (<see cref="PacketRecord.Numbered"/>), with the run id
/// mixed in where those of any run count.
/// </summary>
internal static class GeneratorKeyer
{
    private const int UsualPayload = FrameParser.EthernetHeader + 20 + 8;
    private const int UsualLength = UsualPayload + GeneratorHeader.Length;

    /// <summary>How a measured packet's header begins: magic, version and kind, as a little-endian number.</summary>
    private const uint Measured = GeneratorHeader.Magic | (((GeneratorHeader.Version << 4) | (int)PacketKind.Measured) << 16);

    /// <summary>Keys a batch and returns the number of records.</summary>
    /// <param name="batch">Frames.</param>
    /// <param name="records">As many as the batch has frames, or more.</param>
    /// <param name="runId">Run whose packets count; null for any.</param>
    /// <param name="flows">Where flows are noted; null for index 0.</param>
    public static int Key(FrameBatch batch, Span<PacketRecord> records, uint? runId, FlowTable? flows) =>
        runId is { } run ? Key(batch, records, new OneRun(run), flows) : Key(batch, records, new AnyRun(), flows);

    // Optimized from the first call: a loop of a thousand rounds a call would keep the unoptimized code for millions of packets.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Key<TRun>(FrameBatch batch, Span<PacketRecord> records, TRun runs, FlowTable? flows)
        where TRun : struct, IRunRule
    {
        ReadOnlySpan<byte> bytes = batch.Bytes;
        int others = flows?.Others ?? 0;
        var highest = -1;
        var count = 0;
        foreach (ref readonly var frame in batch.Frames)
        {
            // The one bounds check of all that is read below.
            ref var start = ref MemoryMarshal.GetReference(bytes.Slice(frame.Offset, Math.Min(frame.Length, UsualLength)));
            if (frame.Length < UsualLength || !IsUsual(ref start))
            {
                if (TryKey(batch.BytesOf(frame), frame, runs, others, out records[count], out var noted))
                {
                    highest = Math.Max(highest, noted);
                    count++;
                }

                continue;
            }

            var runId = BinaryPrimitives.ReverseEndianness((uint)FrameWord.Of(ref start, UsualPayload + 4));
            if (!runs.Takes(runId))
            {
                continue;
            }

            var flow = BinaryPrimitives.ReverseEndianness((ushort)FrameWord.Of(ref start, UsualPayload + 8));
            var end = FrameParser.EthernetHeader + BinaryPrimitives.ReverseEndianness((ushort)FrameWord.Of(ref start, 16));
            highest = Math.Max(highest, flow);
            records[count++] = new PacketRecord(
                frame.TimeNs,
                BinaryPrimitives.ReverseEndianness(FrameWord.Of(ref start, UsualPayload + 10)),
                runs.Check(runId, flow),
                (ushort)Math.Min(flow, others),
                FrameLayout.WireLength(frame, end));
        }

        flows?.NoteNumbered(highest);
        return count;
    }

    /// <summary>Whether it is a measured packet without VLAN tags and options, as almost all are: three comparisons at fixed offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsUsual(ref byte start) =>
        ((uint)FrameWord.Of(ref start, 12) & 0xFF_FFFF) == 0x45_0008 // EtherType 0x0800, no options
        && ((uint)FrameWord.Of(ref start, 20) & 0xFF00_FF1F) == IpParser.Udp << 24 // no later fragment
        && ((uint)FrameWord.Of(ref start, UsualPayload) & 0xFF_FFFF) == Measured;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryKey<TRun>(ReadOnlySpan<byte> bytes, in Frame frame, TRun runs, int others, out PacketRecord record, out int flow)
        where TRun : struct, IRunRule
    {
        record = default;
        flow = -1;
        if (!GeneratorFrame.TryRead(bytes, out var header)
            || header.Kind != PacketKind.Measured
            || !runs.Takes(header.RunId)
            || !FrameParser.TryParse(bytes, bytes.Length, out var layout))
        {
            return false;
        }

        flow = header.Flow;
        record = new PacketRecord(
            frame.TimeNs,
            header.Sequence,
            runs.Check(header.RunId, header.Flow),
            (ushort)Math.Min(flow, others),
            FrameLayout.WireLength(frame, layout.End));
        return true;
    }

    private interface IRunRule
    {
        /// <summary>Whether packets of that run count.</summary>
        public bool Takes(uint runId);

        /// <summary>What tells flows apart that may have the same numbers.</summary>
        public uint Check(uint runId, ushort flow);
    }

    private readonly struct OneRun(uint run) : IRunRule
    {
        public bool Takes(uint runId) => runId == run;

        public uint Check(uint runId, ushort flow) => flow;
    }

    private readonly struct AnyRun : IRunRule
    {
        public bool Takes(uint runId) => true;

        /// <summary>The CRC of both together: no two flows of a run share one.</summary>
        public uint Check(uint runId, ushort flow) => BitOperations.Crc32C(flow, runId);
    }
}

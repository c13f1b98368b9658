using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Keys the generator's measured packets: the sequence number is the key, the flow the check (<see cref="PacketRecord.Numbered"/>), with the run id
/// mixed in where those of any run count.
/// </summary>
internal static class GeneratorKeyer
{
    private const int FastHeader = 42;

    /// <summary>Keys a batch and returns the number of records.</summary>
    /// <param name="batch">Frames.</param>
    /// <param name="records">As many as the batch has frames, or more.</param>
    /// <param name="runId">Run whose packets count; null for any.</param>
    /// <param name="flows">Where flows are noted; null for index 0.</param>
    // Optimized from the first call: a loop of a thousand rounds a call would keep the unoptimized code for millions of packets.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Key(FrameBatch batch, Span<PacketRecord> records, uint? runId, FlowTable? flows)
    {
        var count = 0;
        foreach (ref readonly var frame in batch.Frames)
        {
            var bytes = batch.BytesOf(frame);
            if (!(TryReadFast(bytes, out var header, out var end) || TryRead(bytes, out header, out end))
                || header.Kind != PacketKind.Measured
                || (runId is not null && runId != header.RunId))
            {
                continue;
            }

            records[count++] = new PacketRecord(
                frame.TimeNs,
                header.Sequence,
                runId is null ? Check(header) : header.Flow,
                flows?.IndexOfNumbered(header.Flow) ?? 0,
                FrameLayout.WireLength(frame, end));
        }

        return count;
    }

    /// <summary>A flow of a run: the CRC of both together, so that no two flows of a run share one.</summary>
    public static uint Check(in GeneratorHeader header) => BitOperations.Crc32C(header.Flow, header.RunId);

    /// <summary>Most frames have neither VLAN tags nor options.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadFast(ReadOnlySpan<byte> frame, out GeneratorHeader header, out int end)
    {
        end = 0;
        if (frame.Length >= FastHeader + GeneratorHeader.Length
            && BinaryPrimitives.ReadUInt32BigEndian(frame[12..]) >> 8 == 0x080045
            && (BinaryPrimitives.ReadUInt16BigEndian(frame[20..]) & 0x1FFF) == 0
            && frame[23] == IpParser.Udp)
        {
            end = FrameParser.EthernetHeader + BinaryPrimitives.ReadUInt16BigEndian(frame[16..]);
            return GeneratorHeader.TryRead(frame.Slice(FastHeader, GeneratorHeader.Length), out header);
        }

        header = default;
        return false;
    }

    private static bool TryRead(ReadOnlySpan<byte> frame, out GeneratorHeader header, out int end)
    {
        end = 0;
        if (!GeneratorFrame.TryRead(frame, out header) || !FrameParser.TryParse(frame, frame.Length, out var layout))
        {
            return false;
        }

        end = layout.End;
        return true;
    }
}

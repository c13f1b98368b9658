using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Keys the generator's measured packets: the sequence number is the key, the flow the check (<see cref="PacketRecord.Numbered"/>), with
/// the run id mixed in where those of any run count. A packet that looks like the one before it is not parsed. Not thread-safe.
/// </summary>
/// <param name="runId">Run whose packets count; null for any.</param>
/// <param name="flows">Where flows are noted; null for index 0.</param>
internal sealed class GeneratorKeyer(uint? runId, FlowTable? flows)
{
    private readonly int _others = flows?.Others ?? 0;
    private GeneratorTemplate _template;
    private int _highestFlow = -1;

    /// <summary>Keys a batch and returns the number of packets.</summary>
    /// <param name="batch">Frames.</param>
    /// <param name="columns">Where packets are set, from the first on.</param>
    public int Key(FrameBatch batch, PacketColumns columns) =>
        batch.IsEven ? Key(batch, batch.Even, columns) : Key(batch, batch.Listed, columns);

    private int Key<TFrames>(FrameBatch batch, TFrames frames, PacketColumns columns)
        where TFrames : struct, IFrameList
    {
        var count = 0;
        for (var at = 0; at < batch.Count; at++)
        {
            var alike = _template.IsKnown ? KeyAlike(batch, frames, at, columns, count) : 0;
            (at, count) = (at + alike, count + alike);
            if (at < batch.Count && TryKey(batch.BytesOf(frames[at]), frames[at], out var record))
            {
                columns.Set(count++, record);
            }
        }

        flows?.NoteNumbered(_highestFlow);
        return count;
    }

    /// <summary>Keys frames from <paramref name="at"/> on that look like the template, and returns how many they are.</summary>
    // Optimized from the first call: a loop of a thousand rounds a call would keep the unoptimized code for millions of packets.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int KeyAlike<TFrames>(FrameBatch batch, TFrames frames, int at, PacketColumns columns, int place)
        where TFrames : struct, IFrameList
    {
        var template = _template;
        ref var origin = ref MemoryMarshal.GetArrayDataReference(batch.Bytes);
        var needed = template.Needed;
        var lastOffset = batch.Bytes.Length - needed;
        var (others, highest) = (_others, _highestFlow);
        var (end, wireLength, frameLength) = (-1, -1, (ushort)0);
        var most = batch.Count - at;
        var count = 0;
        for (; count < most; count++)
        {
            var frame = frames[at + count];
            // The one bounds check of all that is read below.
            if (frame.Length < needed || frame.Offset > lastOffset)
            {
                break;
            }

            ref var start = ref Unsafe.Add(ref origin, frame.Offset);
            if (!template.Fits(ref start))
            {
                break;
            }

            var thisEnd = template.L3 + BinaryPrimitives.ReverseEndianness((ushort)FrameWord.Of(ref start, template.L3 + 2));
            if (thisEnd != end || frame.WireLength != wireLength)
            {
                if (thisEnd < template.Payload)
                {
                    break;
                }

                (end, wireLength, frameLength) = (thisEnd, frame.WireLength, FrameLayout.WireLength(frame, thisEnd));
            }

            var flow = BinaryPrimitives.ReverseEndianness((ushort)(FrameWord.Of(ref start, template.Payload + 2) >> 48));
            var sequence = BinaryPrimitives.ReverseEndianness(FrameWord.Of(ref start, template.Payload + 10));
            highest = Math.Max(highest, flow);
            columns.Set(place + count, frame.TimeNs, sequence, CheckOf(template.RunId, flow), (ushort)Math.Min(flow, others), frameLength);
        }

        _highestFlow = highest;
        return count;
    }

    /// <summary>Any frame, and learns how it looks.</summary>
    private bool TryKey(ReadOnlySpan<byte> bytes, in Frame frame, out PacketRecord record)
    {
        record = default;
        if (!GeneratorFrame.TryRead(bytes, out var header)
            || header.Kind != PacketKind.Measured
            || (runId is { } run && run != header.RunId)
            || !FrameParser.TryParse(bytes, bytes.Length, out var layout))
        {
            return false;
        }

        if (GeneratorTemplate.CanBeOf(bytes, layout))
        {
            _template = new GeneratorTemplate(bytes, layout, header.RunId);
        }

        _highestFlow = Math.Max(_highestFlow, header.Flow);
        record = new PacketRecord(
            frame.TimeNs,
            header.Sequence,
            CheckOf(header.RunId, header.Flow),
            (ushort)Math.Min((int)header.Flow, _others),
            FrameLayout.WireLength(frame, layout.End));
        return true;
    }

    /// <summary>
    /// What tells flows apart that may have the same numbers: of any run the CRC of both together, which no two flows of a run share.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private uint CheckOf(uint ofRun, ushort flow) => runId is null ? BitOperations.Crc32C(flow, ofRun) : flow;
}

using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Captures;

/// <summary>A capture read to its end.</summary>
internal sealed record Reading(IReadOnlyList<ReadFrame> Frames, IReadOnlyList<PacketRecord> Records, CaptureFacts Facts)
{
    public static Reading Of(byte[] bytes, CaptureOptions? options = null) => Of(new MemoryStream(bytes), options);

    /// <summary>
    /// As from a pipe that gives at most so many bytes at a time: the reader's buffer is filled and moved in every possible place.
    /// </summary>
    public static Reading InPieces(byte[] bytes, int most, CaptureOptions? options = null) => Of(new PieceStream(bytes, most), options);

    public static Reading Of(Stream stream, CaptureOptions? options = null)
    {
        var (frames, records) = CaptureFile.OpenStream(stream, "file", options);
        return frames is not null ? Of(frames) : Of(records!);
    }

    public static Reading Of(IFrameSource source)
    {
        using (source)
        {
            var frames = new List<ReadFrame>();
            var batch = new FrameBatch();
            while (source.Read(batch))
            {
                foreach (ref readonly var frame in batch.Frames)
                {
                    frames.Add(new ReadFrame(frame.TimeNs, Convert.ToHexString(batch.BytesOf(frame)), frame.WireLength));
                }
            }

            return new Reading(frames, [], source.Facts);
        }
    }

    private static Reading Of(IRecordSource source)
    {
        using (source)
        {
            var all = new List<PacketRecord>();
            var records = new PacketRecord[FrameBatch.Capacity];
            for (var count = source.Read(records); count > 0; count = source.Read(records))
            {
                all.AddRange(records.AsSpan(0, count));
            }

            return new Reading([], all, source.Facts);
        }
    }
}

/// <summary>A frame that was read.</summary>
internal sealed record ReadFrame(long TimeNs, string Bytes, int WireLength);

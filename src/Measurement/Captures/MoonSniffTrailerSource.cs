using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>
/// Frames at whose end MoonGen's MoonSniff has put the hardware's stamp: nanoseconds and seconds, 32 bits little-endian each. The stamp is
/// taken instead of the capture's, and the trailer is cut off. Left out as unparsable: a frame that the capture cut, whose trailer went
/// first; one without room for it; one with nanoseconds that make no second.
/// </summary>
public sealed class MoonSniffTrailerSource(IFrameSource frames) : IFrameSource
{
    private const int Trailer = 8;
    private const long NsPerSecond = 1_000_000_000;

    /// <inheritdoc/>
    public CaptureFacts Facts => frames.Facts;

    /// <inheritdoc/>
    public bool Read(FrameBatch batch)
    {
        do
        {
            if (!frames.Read(batch))
            {
                return false;
            }

            TakeStamps(batch);
        }
        while (batch.Count == 0);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => frames.Dispose();

    private void TakeStamps(FrameBatch batch)
    {
        var count = 0;
        foreach (ref readonly var frame in batch.Frames)
        {
            var bytes = batch.BytesOf(frame);
            var ns = bytes.Length < Trailer || frame.WireLength > frame.Length ? uint.MaxValue : BinaryPrimitives.ReadUInt32LittleEndian(bytes[^Trailer..]);
            if (ns >= NsPerSecond)
            {
                Facts.Unparsable++;
                continue;
            }

            var seconds = BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]);
            batch.Room[count++] = new Frame((seconds * NsPerSecond) + ns, frame.Offset, frame.Length - Trailer, Math.Max(0, frame.WireLength - Trailer));
        }

        batch.Count = count;
    }
}

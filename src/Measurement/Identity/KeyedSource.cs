using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>The packets of a capture as records. Owns the capture. Not thread-safe.</summary>
/// <param name="frames">The capture.</param>
/// <param name="keyer">How its packets are known; for this capture only.</param>
public sealed class KeyedSource(IFrameSource frames, PacketKeyer keyer) : IRecordSource
{
    private readonly FrameBatch _batch = new();

    /// <inheritdoc/>
    public CaptureFacts Facts => frames.Facts;

    /// <inheritdoc/>
    public int Read(Span<PacketRecord> records)
    {
        while (frames.Read(_batch))
        {
            var unparsable = keyer.Unparsable;
            var count = keyer.Key(_batch, records);
            // The reader may have left frames out, too.
            Facts.Unparsable += keyer.Unparsable - unparsable;
            if (count > 0)
            {
                return count;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public void Dispose() => frames.Dispose();
}

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
            var count = keyer.Key(_batch, records);
            Facts.Unparsable = keyer.Unparsable;
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

using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Identity;

/// <summary>The packets of a capture, known by a rule. Owns the capture. Not thread-safe.</summary>
/// <param name="frames">The capture.</param>
/// <param name="keyer">How its packets are known; for this capture only.</param>
public sealed class KeyedSource(IFrameSource frames, PacketKeyer keyer) : IRecordSource, IColumnSource
{
    private readonly FrameBatch _batch = new();
    private readonly PacketColumns _columns = new();

    /// <inheritdoc/>
    public CaptureFacts Facts => frames.Facts;

    /// <inheritdoc/>
    public int Read(Span<PacketRecord> records)
    {
        ((IColumnSource)this).Read(_columns);
        _columns.Packets.CopyTo(records);
        return _columns.Count;
    }

    void IColumnSource.Read(PacketColumns columns)
    {
        do
        {
            columns.Count = 0;
            if (!frames.Read(_batch))
            {
                return;
            }

            var unparsable = keyer.Unparsable;
            keyer.Key(_batch, columns);
            // The reader may have left frames out, too.
            Facts.Unparsable += keyer.Unparsable - unparsable;
            Facts.LastFrameNs = _batch.Count > 0 ? _batch.LastNs : Facts.LastFrameNs;
        }
        while (columns.Count == 0);
    }

    /// <inheritdoc/>
    public void Dispose() => frames.Dispose();
}

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
    private readonly StepBackWatch _stepBack = new();

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
            NoteStepBack(columns.TimesNs);
            Facts.LastFrameNs = _batch.Count > 0 ? _batch.LastNs : Facts.LastFrameNs;
        }
        while (columns.Count == 0);
    }

    private void NoteStepBack(ReadOnlySpan<long> timesNs)
    {
        if (!_stepBack.IsDone && _stepBack.Find(timesNs) is >= 0 and var packet)
        {
            Facts.FirstStepBackOffset = _batch.RecordOffsetOf(timesNs.Length == _batch.Count ? packet : FrameOf(timesNs[..(packet + 1)]));
        }
    }

    /// <summary>
    /// Index of the frame that the last of these packets was in. Frames without an identity made none: the packets' stamps are those of the
    /// others, in order.
    /// </summary>
    private int FrameOf(ReadOnlySpan<long> timesNs)
    {
        var frames = _batch.Frames;
        var packet = 0;
        for (var i = 0; i < frames.Length; i++)
        {
            if (frames[i].TimeNs == timesNs[packet] && ++packet == timesNs.Length)
            {
                return i;
            }
        }

        throw new InvalidOperationException("a packet's stamp is none of its batch's");
    }

    /// <inheritdoc/>
    public void Dispose() => frames.Dispose();
}

using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Identity;

/// <summary>A batch that stays when its source reads on: frames one after the other in bytes of its own.</summary>
internal readonly struct FrameBatchCopy
{
    public FrameBatchCopy(FrameBatch batch)
        : this(batch, batch.Count)
    {
    }

    /// <summary>Of the first <paramref name="count"/> frames.</summary>
    public FrameBatchCopy(FrameBatch batch, int count)
    {
        var frames = batch.Frames[..count];
        var length = 0;
        foreach (ref readonly var frame in frames)
        {
            length += frame.Length;
        }

        Batch = new FrameBatch { Bytes = new byte[length], Count = count };
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            batch.BytesOf(frames[i]).CopyTo(Batch.Bytes.AsSpan(at));
            Batch.Room[i] = frames[i] with { Offset = at };
            at += frames[i].Length;
        }

        if (count > 0 && batch.RecordOffsetOf(0) is not null)
        {
            Batch.RecordOffsets = [.. Enumerable.Range(0, count).Select(i => batch.RecordOffsetOf(i)!.Value)];
        }
    }

    public FrameBatch Batch { get; }
}

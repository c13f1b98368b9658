using Latlab.Measurement.Captures;
using Latlab.Measurement.Live;

namespace Latlab.Cli.Live;

/// <summary>A tap's first frames, kept until it is known what is to be done with them. Not thread-safe.</summary>
/// <param name="facts">What is known of the capture.</param>
internal sealed class HeldFrames(CaptureFacts facts)
{
    private const int BatchBytes = 64 * 1024;
    private const int FrameDescription = 24;

    private readonly List<FrameBatch> _batches = [];
    private int _used;

    public int Count { get; private set; }

    /// <summary>Memory that they take, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Stamp of the first; null when there is none.</summary>
    public long? FirstNs { get; private set; }

    public void Add(long timeNs, ReadOnlySpan<byte> frame, int wireLength)
    {
        var batch = _batches.Count > 0 ? _batches[^1] : null;
        if (batch is null || batch.Count == FrameBatch.Capacity || _used + frame.Length > batch.Bytes.Length)
        {
            batch = new FrameBatch { Bytes = new byte[Math.Max(BatchBytes, frame.Length)] };
            Bytes += batch.Bytes.Length + (FrameDescription * FrameBatch.Capacity);
            _batches.Add(batch);
            _used = 0;
        }

        frame.CopyTo(batch.Bytes.AsSpan(_used));
        batch.Room[batch.Count++] = new Frame(timeNs, _used, frame.Length, wireLength);
        _used += frame.Length;
        FirstNs ??= timeNs;
        Count++;
    }

    /// <summary>A look at them from the first on; ends at the last.</summary>
    public IFrameSource Look() => new View(facts, _batches);

    /// <summary>Hands them on, in order, and keeps none.</summary>
    public void HandOn(ITapListener listener)
    {
        foreach (var batch in _batches)
        {
            foreach (ref readonly var frame in batch.Frames)
            {
                listener.OnFrame(frame.TimeNs, batch.BytesOf(frame), frame.WireLength);
            }
        }

        _batches.Clear();
    }

    private sealed class View(CaptureFacts facts, List<FrameBatch> batches) : IFrameSource
    {
        private int _next;

        public CaptureFacts Facts => facts;

        public bool Read(FrameBatch batch)
        {
            if (_next == batches.Count)
            {
                batch.Count = 0;
                return false;
            }

            var held = batches[_next++];
            (batch.Bytes, batch.Count) = (held.Bytes, held.Count);
            held.Frames.CopyTo(batch.Room);
            return true;
        }

        public void Dispose()
        {
        }
    }
}

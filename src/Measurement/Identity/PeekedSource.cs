using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Identity;

/// <summary>
/// A capture that cannot be opened twice (a pipe), of which the first frames can be looked at before it is read. Keeps those in memory
/// until they are read. Owns the capture. Not thread-safe.
/// </summary>
/// <param name="source">The capture.</param>
/// <param name="mostBytes">Most bytes of frames and of their descriptions that are kept.</param>
public sealed class PeekedSource(IFrameSource source, int mostBytes = PeekedSource.DefaultMostBytes) : IFrameSource
{
    /// <summary>32 MiB: some 300,000 of the shortest frames.</summary>
    public const int DefaultMostBytes = 32 * 1024 * 1024;

    private const int FrameDescription = 24;

    private readonly List<FrameBatch?> _kept = [];
    private int _keptBytes;
    private int _next;
    private bool _isBeingRead;
    private bool _ended;

    /// <summary>The capture's own: of the frames that were looked at, too.</summary>
    public CaptureFacts Facts => source.Facts;

    /// <summary>The first frames, from the start each time; ends where the capture does or where no more can be kept.</summary>
    /// <exception cref="InvalidOperationException">The capture is being read.</exception>
    public IFrameSource Peek()
    {
        ThrowIfBeingRead();
        return new View(this);
    }

    /// <inheritdoc/>
    public bool Read(FrameBatch batch)
    {
        _isBeingRead = true;
        if (_next < _kept.Count)
        {
            Show(_kept[_next]!, batch);
            _kept[_next++] = null;
            return true;
        }

        if (_ended || !source.Read(batch))
        {
            batch.Count = 0;
            return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();

    private static void Show(FrameBatch kept, FrameBatch batch)
    {
        batch.Bytes = kept.Bytes;
        batch.Count = kept.Count;
        batch.RecordOffsets = kept.RecordOffsets;
        kept.Frames.CopyTo(batch.Room);
    }

    private bool Read(int index, FrameBatch batch)
    {
        ThrowIfBeingRead();
        if (index < _kept.Count)
        {
            Show(_kept[index]!, batch);
            return true;
        }

        if (_ended || _keptBytes >= mostBytes || !source.Read(batch))
        {
            _ended |= _keptBytes < mostBytes;
            batch.Count = 0;
            return false;
        }

        var copy = new FrameBatchCopy(batch).Batch;
        _keptBytes += copy.Bytes.Length + (FrameDescription * FrameBatch.Capacity) + (sizeof(long) * (copy.RecordOffsets?.Length ?? 0));
        _kept.Add(copy);
        return true;
    }

    private void ThrowIfBeingRead()
    {
        if (_isBeingRead)
        {
            throw new InvalidOperationException("the capture is being read already; look at its first frames before");
        }
    }

    private sealed class View(PeekedSource owner) : IFrameSource
    {
        private int _index;

        public CaptureFacts Facts => owner.Facts;

        public bool Read(FrameBatch batch) => owner.Read(_index++, batch);

        public void Dispose()
        {
        }
    }
}

using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Tests.Identity;

/// <summary>A capture in memory, handed over in batches of a given size from one buffer that is used again.</summary>
internal sealed class MemorySource(IReadOnlyList<CapturedFrame> frames, int batchSize = 100, int snapLength = 0) : IFrameSource
{
    private readonly byte[] _buffer = new byte[1 << 20];
    private int _next;

    public CaptureFacts Facts { get; } = new() { Name = "memory.pcap", SnapLength = snapLength };

    public bool Read(FrameBatch batch)
    {
        batch.Count = Math.Min(batchSize, frames.Count - _next);
        batch.Bytes = _buffer;
        var length = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var frame = frames[_next++];
            batch.Room[i] = new Frame(frame.TimeNs, length, frame.Bytes.Length, frame.WireLength);
            frame.Bytes.CopyTo(_buffer, length);
            length += frame.Bytes.Length;
        }

        Facts.Packets += batch.Count;
        return batch.Count > 0;
    }

    public void Dispose()
    {
    }
}

internal sealed record CapturedFrame(long TimeNs, byte[] Bytes, int WireLength)
{
    public CapturedFrame(long timeNs, byte[] bytes)
        : this(timeNs, bytes, bytes.Length)
    {
    }

    public CapturedFrame CutTo(int length) => this with { Bytes = Bytes[..Math.Min(length, Bytes.Length)] };
}

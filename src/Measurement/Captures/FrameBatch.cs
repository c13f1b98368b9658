namespace Latlab.Measurement.Captures;

/// <summary>
/// Frames that a source hands over together, in the order of the file. The bytes are the source's own buffer and hold until its next read.
/// </summary>
public sealed class FrameBatch
{
    /// <summary>Most frames of a batch: their descriptions, and the records made of them, 12 KiB each, stay in the processor's first cache.</summary>
    public const int Capacity = 512;

    private readonly Frame[] _frames = new Frame[Capacity];

    /// <summary>The buffer that <see cref="Frame.Offset"/> points into.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Number of frames.</summary>
    public int Count { get; set; }

    /// <summary>Room for the frames' descriptions; the first <see cref="Count"/> are set.</summary>
    public Span<Frame> Room => _frames;

    /// <summary>The frames.</summary>
    public ReadOnlySpan<Frame> Frames => _frames.AsSpan(0, Count);

    /// <summary>The captured bytes of <paramref name="frame"/>.</summary>
    public ReadOnlySpan<byte> BytesOf(in Frame frame) => Bytes.AsSpan(frame.Offset, frame.Length);
}

namespace Latlab.Measurement.Captures;

/// <summary>
/// Frames that a source hands over together, in the order of the file. The bytes are the source's own buffer and hold until its next read.
/// </summary>
public sealed class FrameBatch
{
    /// <summary>
    /// Most frames of a batch: their descriptions, and the records made of them, 12 KiB each, stay in the processor's first cache.
    /// </summary>
    public const int Capacity = 512;

    private readonly Frame[] _frames = new Frame[Capacity];
    private readonly long[] _timesNs = new long[Capacity];

    /// <summary>What all frames have in common when they are not described one by one.</summary>
    private Frame _even;
    private int _distance;

    /// <summary>The buffer that <see cref="Frame.Offset"/> points into.</summary>
    public byte[] Bytes { get; set; } = [];

    /// <summary>Number of frames.</summary>
    public int Count { get; set; }

    /// <summary>Room for the frames' descriptions; the first <see cref="Count"/> are set.</summary>
    public Span<Frame> Room => List();

    /// <summary>The frames.</summary>
    public ReadOnlySpan<Frame> Frames => List().AsSpan(0, Count);

    /// <summary>Whether all frames have one length and lie at one distance from each other: then nobody needs to list them.</summary>
    internal bool IsEven => _distance != 0;

    /// <summary>The same as <see cref="Frames"/> when <see cref="IsEven"/>.</summary>
    internal EvenFrames Even => new(_timesNs, _even, _distance);

    /// <summary>The same otherwise.</summary>
    internal ListedFrames Listed => new(_frames);

    /// <summary>Stamp of the last frame.</summary>
    internal long LastNs => IsEven ? _timesNs[Count - 1] : _frames[Count - 1].TimeNs;

    /// <summary>Stamps of frames that <see cref="SetEven"/> describes.</summary>
    internal Span<long> RoomForTimesNs => _timesNs;

    /// <summary>
    /// Byte offset in the (uncompressed) file of the record whose frame would lie at the start of <see cref="Bytes"/>: below 0 where the file
    /// starts within them. Null when the frames lie in no file, or not as they do there.
    /// </summary>
    internal long? RecordsFrom
    {
        get;
        set => (field, RecordOffsets) = (value, null);
    }

    /// <summary>Byte offsets in the file of the frames' records, where the bytes do not lie as they do there; else null.</summary>
    internal long[]? RecordOffsets { get; set; }

    /// <summary>The captured bytes of <paramref name="frame"/>.</summary>
    public ReadOnlySpan<byte> BytesOf(in Frame frame) => Bytes.AsSpan(frame.Offset, frame.Length);

    /// <summary>Byte offset in the (uncompressed) file of the record of the frame with this index; null when that is not known.</summary>
    internal long? RecordOffsetOf(int index) => RecordOffsets?[index] ?? (RecordsFrom + Frames[index].Offset);

    /// <summary>Describes all frames at once, but for their stamps.</summary>
    /// <param name="first">The first one.</param>
    /// <param name="distance">From the start of one to that of the next.</param>
    /// <param name="count">How many they are.</param>
    internal void SetEven(in Frame first, int distance, int count) => (_even, _distance, Count) = (first, distance, count);

    private Frame[] List()
    {
        if (IsEven)
        {
            var even = Even;
            _distance = 0;
            for (var i = 0; i < Count; i++)
            {
                _frames[i] = even[i];
            }
        }

        return _frames;
    }
}

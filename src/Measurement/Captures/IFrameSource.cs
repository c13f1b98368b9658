namespace Latlab.Measurement.Captures;

/// <summary>Ethernet frames with their times, from a capture file or a device, in the order of capture.</summary>
public interface IFrameSource : IDisposable
{
    /// <summary>What is known of the capture so far; its counts grow while it is read.</summary>
    public CaptureFacts Facts { get; }

    /// <summary>
    /// Fills <paramref name="batch"/> with the next frames; false at the end, when it is empty. What cannot be read is noted in
    /// <see cref="CaptureFacts.Problems"/>, and reading goes on behind it where it can.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public bool Read(FrameBatch batch);
}

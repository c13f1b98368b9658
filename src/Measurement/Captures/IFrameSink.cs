namespace Latlab.Measurement.Captures;

/// <summary>Takes Ethernet frames, in the order of capture. Disposing completes what was written.</summary>
public interface IFrameSink : IDisposable
{
    /// <summary>Adds a frame.</summary>
    /// <param name="timeNs">When it was captured, in nanoseconds since 1970, not negative.</param>
    /// <param name="frame">Its captured bytes.</param>
    /// <param name="originalLength">Its length on the wire.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(long timeNs, ReadOnlySpan<byte> frame, int originalLength);
}

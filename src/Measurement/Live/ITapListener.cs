namespace Latlab.Measurement.Live;

/// <summary>Is told what a <see cref="LiveTap"/> captures, on the thread that runs it.</summary>
public interface ITapListener
{
    /// <summary>A frame was captured.</summary>
    /// <param name="timeNs">When, in nanoseconds since 1970.</param>
    /// <param name="frame">Its captured bytes, valid during the call only.</param>
    /// <param name="originalLength">Its length on the wire.</param>
    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength);

    /// <summary>There is no frame at the moment, and none from before <paramref name="completeUntilNs"/> is to come.</summary>
    public void OnIdle(long completeUntilNs);
}

using Latlab.Measurement.Captures;
using Latlab.Measurement.Live;

namespace Latlab.Cli.Live;

/// <summary>Writes what a tap captures to a file of frames.</summary>
internal sealed class FrameRecorder(IFrameSink file, CaptureFacts facts) : ITapListener
{
    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        file.Write(timeNs, frame, originalLength);
        facts.Packets++;
    }

    public void OnIdle(long completeUntilNs)
    {
    }
}

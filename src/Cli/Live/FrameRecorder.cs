using Latlab.Measurement.Captures;

namespace Latlab.Cli.Live;

/// <summary>Writes what a tap captures to a file of frames.</summary>
internal sealed class FrameRecorder(IFrameSink file, CaptureFacts facts) : ILiveListener
{
    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        file.Write(timeNs, frame, originalLength);
        facts.Packets++;
    }

    public void OnIdle(long completeUntilNs)
    {
    }

    public void Complete()
    {
    }
}

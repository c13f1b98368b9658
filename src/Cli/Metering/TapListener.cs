using Latlab.Measurement.Identity;
using Latlab.Measurement.Live;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Metering;

/// <summary>
/// Takes one tap's frames: the run's measured packets go to the matcher, in batches, and all of its frames to the capture file, if there is
/// one.
/// </summary>
internal sealed class TapListener(Tap tap, uint runId, SharedMatcher<StreamMatcher> matcher, CaptureFile? file) : ITapListener
{
    private readonly PacketRecord[] _batch = new PacketRecord[256];
    private int _count;
    private bool _measuredSeen;

    /// <summary>Called when the first measured packet is seen.</summary>
    public Action? FirstMeasuredSeen { get; init; }

    /// <summary>Called with the time and the announced number of packets when an end marker is seen.</summary>
    public Action<long, long>? EndMarkerSeen { get; init; }

    /// <summary>Called when a probe is seen.</summary>
    public Action? ProbeSeen { get; init; }

    /// <summary>Called again and again, some ten times a second at least, whether there are packets or not.</summary>
    public Action? Progressed { get; init; }

    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength)
    {
        if (!GeneratorFrame.TryRead(frame, out var header) || header.RunId != runId)
        {
            return;
        }

        file?.Write(timeNs, frame, originalLength);
        if (header.Kind == PacketKind.Measured)
        {
            if (!_measuredSeen)
            {
                _measuredSeen = true;
                FirstMeasuredSeen?.Invoke();
            }

            _batch[_count++] = PacketRecord.Numbered(timeNs, header.Sequence, header.Flow);
            if (_count == _batch.Length)
            {
                HandOver();
                Progressed?.Invoke();
            }
        }
        else if (header.Kind == PacketKind.End)
        {
            EndMarkerSeen?.Invoke(timeNs, (long)header.Sequence);
        }
        else if (header.Kind == PacketKind.Probe)
        {
            ProbeSeen?.Invoke();
        }
    }

    public void OnIdle(long completeUntilNs)
    {
        HandOver();
        matcher.Advance(tap, completeUntilNs);
        Progressed?.Invoke();
    }

    /// <summary>The capture is over.</summary>
    public void Complete()
    {
        HandOver();
        matcher.Advance(tap, long.MaxValue);
    }

    private void HandOver()
    {
        if (_count > 0)
        {
            matcher.Add(tap, _batch.AsSpan(0, _count));
            _count = 0;
        }
    }
}

using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Synthesis;

/// <summary>Writes a pair of captures with known truth.</summary>
public static class SyntheticPair
{
    /// <summary>Writes both.</summary>
    /// <param name="options">What to make.</param>
    /// <param name="before">Takes the frames before the device.</param>
    /// <param name="after">Takes those after it.</param>
    /// <param name="progress">Called now and then with the number of packets that departed.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="IOException">One cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static SyntheticTruth Write(
        SynthesisOptions options, IFrameSink before, IFrameSink after, Action<long>? progress = null, CancellationToken cancellationToken = default)
    {
        var traffic = new SyntheticTraffic(options);
        var framesBefore = new SyntheticFrames(options, after: false);
        var framesAfter = new SyntheticFrames(options, after: true);
        var events = 0L;
        foreach (var packet in traffic.Events())
        {
            var frames = packet.After ? framesAfter : framesBefore;
            (packet.After ? after : before).Write(packet.TimeNs, frames.Of(packet), frames.WireLength);
            if ((++events & 0xFFFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Invoke(Math.Max(0, packet.Number));
            }
        }

        return traffic.Truth;
    }
}

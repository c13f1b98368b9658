using Latlab.Cli.Generation;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Metering;

/// <summary>
/// Learns whether the path forwards: sends a frame where the generator will, and waits for it at the egress tap. Once one came through it
/// sends no more, so that
/// kubelet's further questions do not disturb the measurement.
/// </summary>
internal sealed class ForwardingProbe : IDisposable
{
    private const int ShortestFrame = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly PacketSocket _socket;
    private readonly uint _runId;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _sequence;

    /// <exception cref="CommandFailedException">The device cannot be sent on.</exception>
    public ForwardingProbe(string device, uint runId, TimeProvider time)
    {
        _socket = PacketSocket.Open(device, ShortestFrame - FrameTemplate.FrameCheckSequence);
        _runId = runId;
        _time = time;
        FrameTemplate.Write(_socket.Frame(0), _socket.HardwareAddress);
    }

    /// <summary>A probe came through. May be called from any thread.</summary>
    public void OnSeen() => _seen.TrySetResult();

    /// <summary>Whether a probe came through, this one or one before it. Not to be called twice at a time.</summary>
    public async Task<bool> AskAsync(CancellationToken cancellationToken)
    {
        if (_seen.Task.IsCompleted)
        {
            return true;
        }

        FrameTemplate.Fill(_socket.Frame(0), new GeneratorHeader(PacketKind.Probe, _runId, 0, _sequence++));
        try
        {
            _ = _socket.Send(0, 1);
            await _seen.Task.WaitAsync(Patience, _time, cancellationToken);
            return true;
        }
        catch (Exception exception) when (exception is TimeoutException or CommandFailedException)
        {
            // The forwarder is not there yet, or its port is not up yet.
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();
}

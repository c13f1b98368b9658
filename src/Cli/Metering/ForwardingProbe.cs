using Latlab.Cli.Generation;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Metering;

/// <summary>
/// Learns whether the path forwards: sends a frame where the generator will, and waits for it at the egress tap. Once one came through it
/// sends no more, so that kubelet's further questions do not disturb the measurement.
/// </summary>
internal sealed class ForwardingProbe : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly PacketSocket _socket;
    private readonly ProbeSettings _settings;
    private readonly TimeProvider _time;
    private readonly TextWriter _log;
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ulong _sequence;
    private string? _lastProblem;

    /// <exception cref="CommandFailedException">The device cannot be opened.</exception>
    public ForwardingProbe(ProbeSettings settings, TimeProvider time, TextWriter log)
    {
        _socket = PacketSocket.Open(settings.Device, settings.FrameSize - FrameTemplate.FrameCheckSequence);
        _settings = settings;
        _time = time;
        _log = log;
        FrameTemplate.Write(_socket.Frame(0), _socket.HardwareAddress);
    }

    /// <summary>A probe came through. May be called from any thread.</summary>
    public void OnSeen() => _seen.TrySetResult();

    /// <summary>
    /// Null when a probe came through, this one or one before it; otherwise what is in the way. Not to be called twice at a time.
    /// </summary>
    public async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        if (_seen.Task.IsCompleted)
        {
            return null;
        }

        FrameTemplate.Fill(_socket.Frame(0), new GeneratorHeader(PacketKind.Probe, _settings.RunId, 0, _sequence++));
        try
        {
            if (_socket.Send(0, 1) == 0)
            {
                return Problem($"{_settings.Device}: the kernel has no room for a frame; look at what else sends on it");
            }

            await _seen.Task.WaitAsync(Patience, _time, cancellationToken);
            return null;
        }
        catch (TimeoutException)
        {
            return Problem(
                $"no frame of {_settings.FrameSize} bytes that was sent on {_settings.Device} has come to {_settings.Egress} yet; if that lasts, "
                + "see that the forwarder runs, that its ports and wires are connected and up, and that the MTU of each is large enough");
        }
        catch (CommandFailedException exception)
        {
            return Problem(exception.Message);
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>Each is logged once, not with every question.</summary>
    private string Problem(string problem)
    {
        if (problem != _lastProblem)
        {
            _log.WriteLine($"latlab meter: not forwarding yet: {problem}");
            _lastProblem = problem;
        }

        return problem;
    }
}

using System.Runtime.ExceptionServices;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Live;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Metering;

/// <summary>Captures at both taps until the generator's end marker and one window, or until told to stop.</summary>
internal sealed class MeterSession : IDisposable
{
    private const int KernelBufferBytes = 64 * 1024 * 1024;

    /// <summary>The longest frame of Ethernet with a VLAN tag, for capture files.</summary>
    private const int WholeFrame = 1522;

    private readonly MeterSettings _settings;
    private readonly TimeProvider _clock;
    private readonly LiveTap _ingress;
    private readonly LiveTap _egress;
    private readonly PcapWriter? _ingressFile;
    private readonly PcapWriter? _egressFile;
    private readonly SharedMatcher _matcher;
    private readonly CountdownEvent _running = new(2);
    private long _stopAtNs = long.MaxValue;
    private long _announced = -1;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Opens both captures: from now on no packet is missed.</summary>
    /// <exception cref="CaptureException">A device cannot be captured on.</exception>
    /// <exception cref="IOException">A capture file cannot be created.</exception>
    public MeterSession(MeterSettings settings, TimeProvider clock)
    {
        _settings = settings;
        _clock = clock;
        _matcher = new SharedMatcher(new StreamMatcher(settings.WindowNs));
        try
        {
            var snapLength = settings.PcapDirectory is null ? GeneratorFrame.BytesNeeded : WholeFrame;
            var filter = GeneratorFrame.CaptureFilter(settings.RunId);
            _ingress = LiveTap.Open(settings.Ingress, filter, snapLength, KernelBufferBytes);
            _egress = LiveTap.Open(settings.Egress, filter, snapLength, KernelBufferBytes);
            _ingressFile = CreateFile("ingress.pcap");
            _egressFile = CreateFile("egress.pcap");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Captures; returns when the capture is over. At most one window and some tenths of a second after
    /// <paramref name="deadline"/>.</summary>
    /// <param name="deadline">When to end without an end marker.</param>
    /// <param name="probeSeen">Called when a probe is seen at the egress tap.</param>
    /// <exception cref="CaptureException">A capture failed.</exception>
    public MeterOutcome Run(TimeSpan deadline, Action? probeSeen)
    {
        Start(_ingress, new TapListener(Tap.Ingress, _settings.RunId, _matcher, _ingressFile) { EndMarkerSeen = OnEndMarker });
        Start(_egress, new TapListener(Tap.Egress, _settings.RunId, _matcher, _egressFile) { ProbeSeen = probeSeen });
        if (!_running.Wait(deadline))
        {
            StopNow();
            _running.Wait();
        }

        _failure?.Throw();
        var announced = Interlocked.Read(ref _announced);
        var packets = _matcher.Finish(Interlocked.Read(ref _stopAtNs));
        var outcome = new MeterOutcome(packets, _ingress.Statistics, _egress.Statistics, announced < 0 ? null : announced);
        _ingressFile?.Dispose();
        _egressFile?.Dispose();
        return outcome;
    }

    /// <summary>Ends the capture with what there is. May be called from any thread.</summary>
    public void StopNow() => StopAt((_clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100);

    public void Dispose()
    {
        _ingress?.Dispose();
        _egress?.Dispose();
        _running.Dispose();
    }

    private PcapWriter? CreateFile(string name) => _settings.PcapDirectory is { } directory
        ? new PcapWriter(new WriteBehindStream(Path.Combine(directory, name)), WholeFrame)
        : null;

    private void Start(LiveTap tap, TapListener listener) =>
        new Thread(() => Capture(tap, listener)) { IsBackground = true, Name = "tap" }.Start();

    private void Capture(LiveTap tap, TapListener listener)
    {
        try
        {
            tap.Run(listener, _clock);
            listener.Complete();
        }
        catch (Exception exception)
        {
            // Of whatever kind: it is thrown again in Run, and the other tap must not wait for this one.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            _matcher.Abandon();
            StopAt(long.MinValue);
        }
        finally
        {
            _running.Signal();
        }
    }

    /// <summary>After one window the last packet has arrived or is lost.</summary>
    private void OnEndMarker(long timeNs, long announced)
    {
        if (Interlocked.CompareExchange(ref _announced, announced, -1) == -1)
        {
            StopAt(timeNs + _settings.WindowNs);
        }
    }

    private void StopAt(long timeNs)
    {
        for (var current = Interlocked.Read(ref _stopAtNs); timeNs < current;)
        {
            var seen = Interlocked.CompareExchange(ref _stopAtNs, timeNs, current);
            if (seen == current)
            {
                _ingress.StopAt(timeNs);
                _egress.StopAt(timeNs);
                return;
            }

            current = seen;
        }
    }
}

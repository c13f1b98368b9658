using System.Runtime.ExceptionServices;
using Latlab.Crds;
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
    private readonly Func<string?> _allowedCpus;
    private readonly ClockStepCounter _clockSteps;
    private readonly LiveTap _ingress;
    private readonly LiveTap _egress;
    private readonly CaptureFile? _ingressFile;
    private readonly CaptureFile? _egressFile;
    private readonly RunStatistics _statistics = new();
    private readonly SharedMatcher<StreamMatcher> _matcher;
    private readonly CountdownEvent _running = new(2);
    private long _stopAtNs = long.MaxValue;
    private long _announced = -1;
    private string? _firstCpus;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Opens both captures: from now on no packet is missed.</summary>
    /// <param name="settings">What to meter.</param>
    /// <param name="clock">The machine's clocks.</param>
    /// <param name="allowedCpus">Says which CPUs this process may use at the moment: kubelet takes some away when it gives
    /// them to a forwarder.</param>
    /// <exception cref="CaptureException">A device cannot be captured on.</exception>
    /// <exception cref="IOException">A capture file cannot be created.</exception>
    public MeterSession(MeterSettings settings, TimeProvider clock, Func<string?> allowedCpus)
    {
        _settings = settings;
        _clock = clock;
        _allowedCpus = allowedCpus;
        _clockSteps = new ClockStepCounter(ClockReading.Take(clock));
        _matcher = new SharedMatcher<StreamMatcher>(new StreamMatcher(new MatchOptions(settings.WindowNs), _statistics));
        try
        {
            var snapLength = settings.PcapDirectory is null ? GeneratorFrame.BytesNeeded : WholeFrame;
            var filter = GeneratorFrame.CaptureFilter(settings.RunId);
            _ingress = LiveTap.Open(settings.Ingress, filter, snapLength, KernelBufferBytes, clock);
            _egress = LiveTap.Open(settings.Egress, filter, snapLength, KernelBufferBytes, clock);
            _ingressFile = CreateFile("ingress.pcap");
            _egressFile = CreateFile("egress.pcap");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// Captures; returns when the capture is over. At most one window and some tenths of a second after <paramref name="deadline"/>.
    /// </summary>
    /// <param name="deadline">When to end without an end marker.</param>
    /// <param name="probeSeen">Called when a probe is seen at the egress tap.</param>
    /// <exception cref="CaptureException">A capture failed.</exception>
    public MeterOutcome Run(TimeSpan deadline, Action? probeSeen)
    {
        Start(_ingress, new TapListener(Tap.Ingress, _settings.RunId, _matcher, _ingressFile)
        {
            EndMarkerSeen = OnEndMarker,
            FirstMeasuredSeen = () => _firstCpus = _allowedCpus(),
            Progressed = LookAtClocks,
        });
        Start(_egress, new TapListener(Tap.Egress, _settings.RunId, _matcher, _egressFile) { ProbeSeen = probeSeen });
        if (!_running.Wait(deadline))
        {
            StopNow();
            _running.Wait();
        }

        _failure?.Throw();
        LookAtClocks();
        var cpus = CpuList.Union(_firstCpus, _allowedCpus());
        _ingressFile?.Dispose();
        _egressFile?.Dispose();
        var announced = Interlocked.Read(ref _announced);
        return new MeterOutcome(
            _matcher.Finish(matcher => matcher.Finish(Interlocked.Read(ref _stopAtNs))),
            _statistics,
            _ingress.Statistics,
            _egress.Statistics,
            announced < 0 ? null : announced,
            _clockSteps.Steps,
            cpus,
            [.. new[] { _ingressFile?.Problem, _egressFile?.Problem }.OfType<string>()]);
    }

    /// <summary>Ends the capture with what there is. May be called from any thread.</summary>
    public void StopNow() => StopAt(ClockReading.NowNs(_clock));

    public void Dispose()
    {
        _ingress?.Dispose();
        _egress?.Dispose();
        _ingressFile?.Dispose();
        _egressFile?.Dispose();
        _matcher.Dispose();
        _running.Dispose();
    }

    private CaptureFile? CreateFile(string name) => _settings.PcapDirectory is { } directory
        ? new CaptureFile(Path.Combine(directory, name), WholeFrame, _settings.MostPcapBytes)
        : null;

    /// <summary>On the ingress tap's thread, and when that has ended.</summary>
    private void LookAtClocks() => _clockSteps.Add(ClockReading.Take(_clock));

    private void Start(LiveTap tap, TapListener listener) =>
        new Thread(() => Capture(tap, listener)) { IsBackground = true, Name = "tap" }.Start();

    private void Capture(LiveTap tap, TapListener listener)
    {
        try
        {
            tap.Run(listener);
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

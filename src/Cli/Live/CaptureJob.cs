using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Latlab.Cli.Analysis;
using Latlab.Cli.Forwarding;
using Latlab.Cli.Terminal;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Live;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Live;

/// <summary>Captures on one device or two, until told to stop; writes files, or matches what two devices see.</summary>
internal sealed class CaptureJob : IDisposable
{
    private static readonly TimeSpan UpdatePeriod = TimeSpan.FromMilliseconds(250);

    private readonly CaptureSettings _settings;
    private readonly List<LiveTap> _taps = [];
    private readonly List<IDisposable> _owned = [];
    private readonly List<Action> _completions = [];
    private readonly List<CaptureFacts> _facts = [];
    private readonly List<string> _partials = [];
    private readonly List<MissedCount> _missed = [];
    private readonly System.Diagnostics.Stopwatch _elapsed = new();
    private readonly ProgressBar _progress;
    private ExceptionDispatchInfo? _failure;

    /// <summary>From when on both taps are open.</summary>
    private long _fromNs;

    private CaptureJob(CaptureSettings settings)
    {
        _settings = settings;
        _progress = new ProgressBar("capturing", () => ProgressState.OfCapturing(
            _facts.Sum(facts => facts.Packets), _missed.Sum(count => count.Missed), _elapsed.Elapsed, settings.Duration));
    }

    /// <exception cref="CaptureException">A device cannot be captured on.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static int Run(CaptureSettings settings, TextWriter output, TextWriter error)
    {
        using var job = new CaptureJob(settings);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, job.OnSignal);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, job.OnSignal);
        foreach (var device in settings.Devices)
        {
            job._taps.Add(LiveTap.Open(device, settings.Filter, settings.SnapLength, settings.BufferBytes, TimeProvider.System, settings.HardwareStamps));
            job._facts.Add(new CaptureFacts { Name = device, Format = "live", ResolutionNs = 1, SnapLength = settings.SnapLength });
        }

        // Clocks of devices are not this one, and need not agree: what came while only one was open cannot be told.
        job._fromNs = settings.HardwareStamps || settings.Devices.Count == 1 ? long.MinValue : ClockReading.NowNs(TimeProvider.System);
        error.WriteLine($"latlab capture: capturing on {string.Join(" and ", settings.Devices)}"
            + (settings.Duration is { } duration ? $" for {duration.TotalSeconds:0.###} s" : "; end with Ctrl-C"));
        return settings.Folder is { } folder ? job.Record(folder, output) : job.Match(output, error);
    }

    public void Dispose()
    {
        _taps.ForEach(tap => tap.Dispose());
        foreach (var file in _owned)
        {
            try
            {
                file.Dispose();
            }
            catch (IOException)
            {
                // The disk is full, as was said already; the other files have to be closed, too.
            }
        }

        _partials.ForEach(File.Delete);
    }

    private int Record(string folder, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        Capture(Recorder);
        _completions.ForEach(complete => complete());
        PrintCounts(output);
        return Drops() > 0 ? AnalyzeJob.Incomplete : Commands.Outcome.Done;

        ILiveListener Recorder(int index)
        {
            var device = _settings.Devices[index];
            if (_settings.Format != LiveFormat.Records)
            {
                return new FrameRecorder(FrameFile(Path.Combine(folder, device), _taps[index]), _facts[index]);
            }

            var rule = _settings.Identity ?? new IdentityRule(IdentityPreset.L3);
            var flows = new FlowTable();
            var target = new AtomicFile(Path.Combine(folder, device + ".lat"));
            _owned.Add(target);
            var writer = new CompactWriter(target.Stream, device, rule.ToString(), 1);
            var keyer = new LiveKeyer(new PacketKeyer(rule, flows), _settings.SnapLength, _facts[index], records => writer.Write(records.Span), _ => { });
            _completions.Add(() =>
            {
                writer.Complete([.. Enumerable.Range(0, flows.Count).Select(flows.NameOf)], _facts[index].Unparsable, _taps[index].Statistics.Missed);
                target.Complete();
            });
            return keyer;
        }
    }

    /// <summary>A file of frames. The ring's drops are known, and written where the format has a place for them, once the capture is over.</summary>
    private IFrameSink FrameFile(string pathWithoutExtension, LiveTap tap)
    {
        var path = pathWithoutExtension + (_settings.Format == LiveFormat.Pcapng ? ".pcapng" : ".pcap");
        _partials.Add(path + ".partial");
        var stream = new WriteBehindStream(path);
        if (_settings.Format == LiveFormat.Pcapng)
        {
            var file = new PcapngWriter(stream, _settings.SnapLength);
            _completions.Add(() => file.Drops = tap.Statistics.Missed);
            return Owned(file);
        }

        return Owned(new PcapWriter(stream, _settings.SnapLength));

        IFrameSink Owned(IFrameSink file)
        {
            _owned.Add(file);
            _completions.Add(file.Dispose);
            return file;
        }
    }

    private int Match(TextWriter output, TextWriter error)
    {
        LivePair? pair = null;
        // Before the capture: at its end a device may be gone.
        var description = new ResultDescription
        {
            Name = _settings.Name,
            Timestamps = _settings.HardwareStamps ? TimestampSource.Hardware : TimestampSource.Software,
            Environment = CaptureEnvironment.Of(_settings.Environment, [.. _settings.Devices.Select(NetworkDevice.DriverOf)]),
        };
        Capture(new IdentityGate(_facts, _settings.Identity, _settings.Options.ClockOffsetNs, Decided).ListenerOf);
        for (var i = 0; i < _taps.Count; i++)
        {
            _facts[i].Drops = _taps[i].Statistics.Missed;
        }

        var result = description.Describe(pair!.Finish());
        ResultText.Write(output, result);
        if (_settings.ResultFile is { } path)
        {
            AtomicFile.Write(path, stream => AnalysisResultFile.Write(stream, result));
        }

        return Drops() > 0 ? AnalyzeJob.Incomplete : result.Clock!.Verdict == ClockVerdict.Unusable ? AnalyzeJob.ClocksUnusable : Commands.Outcome.Done;

        IReadOnlyList<ILiveListener> Decided(ProbeResult probe)
        {
            if (_settings.Identity is null)
            {
                _progress.Say(error, $"latlab capture: identity {probe.Summary!.Preset}: {probe.Summary.Reason}");
            }

            if (probe.Directions is not null)
            {
                _progress.Say(error, "latlab capture: traffic goes both ways: each way is matched for itself");
            }

            var options = probe.Directions is null ? PairOptions.AllowFor(_settings.Options, probe.Offset) : _settings.Options;
            pair = new LivePair(probe.Rule!, probe.Summary!, options, _settings.SnapLength, _facts, probe.Directions);
            _owned.Add(pair);
            return [pair.ListenerOf(0), pair.ListenerOf(1)];
        }
    }

    /// <summary>Captures on a thread a device until the duration is over or a signal comes.</summary>
    private void Capture(Func<int, ILiveListener> listenerOf)
    {
        _progress.Show(update =>
        {
            var threads = _taps.Select((tap, index) =>
            {
                ILiveListener listener = new FromListener(listenerOf(index), _fromNs);
                var watched = update is null ? listener : Watched(tap, listener);
                return new Thread(() => Run(tap, watched)) { IsBackground = true, Name = "tap" };
            }).ToList();
            _elapsed.Start();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => Await(thread, update));
            return threads.Count;
        });
        _failure?.Throw();
    }

    private MissedCount Watched(LiveTap tap, ILiveListener listener)
    {
        var watched = new MissedCount(listener, () => tap.Statistics.Missed);
        _missed.Add(watched);
        return watched;
    }

    /// <summary>
    /// Waits for the end of a tap's thread, and sees to it that it comes when the time is up. Wakes up for who looks on, if anybody does.
    /// </summary>
    private void Await(Thread thread, Action? update)
    {
        var stopped = _settings.Duration is null;
        while (!thread.Join(Next()))
        {
            update?.Invoke();
            if (!stopped && _elapsed.Elapsed >= _settings.Duration)
            {
                Stop();
                stopped = true;
            }
        }

        TimeSpan Next()
        {
            var left = stopped ? TimeSpan.MaxValue : _settings.Duration!.Value - _elapsed.Elapsed;
            // In whole milliseconds, as a thread is waited for: none of them too short.
            return update is not null && left > UpdatePeriod ? UpdatePeriod
                : stopped ? Timeout.InfiniteTimeSpan
                : TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left.TotalMilliseconds)));
        }
    }

    private void Run(LiveTap tap, ILiveListener listener)
    {
        Try(() => tap.Run(listener));
        Try(listener.Complete);
    }

    /// <summary>
    /// What fails, of whatever kind, is thrown again where the threads are waited for; and the other tap has to end, too.
    /// </summary>
    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Stop();
        }
    }

    private void OnSignal(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Stop();
    }

    private void Stop() => _taps.ForEach(tap => tap.StopAt(ClockReading.NowNs(TimeProvider.System)));

    private long Drops() => _taps.Sum(tap => tap.Statistics.Missed);

    private void PrintCounts(TextWriter output)
    {
        for (var i = 0; i < _taps.Count; i++)
        {
            var statistics = _taps[i].Statistics;
            output.WriteLine($"{_settings.Devices[i]}: {_facts[i].Packets} packets, {statistics.Dropped} dropped by the kernel's ring, {statistics.DroppedByInterface} by the "
                + $"device, {_facts[i].Unparsable} without an identity");
        }
    }
}

using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Latlab.Cli.Analysis;
using Latlab.Cli.Metering;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Live;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;

namespace Latlab.Cli.Live;

/// <summary>Captures on one device or two, until told to stop; writes files, or matches what two devices see.</summary>
internal sealed class CaptureJob : IDisposable
{
    private readonly CaptureSettings _settings;
    private readonly List<LiveTap> _taps = [];
    private readonly List<IDisposable> _files = [];
    private readonly List<Action> _completions = [];
    private readonly List<CaptureFacts> _facts = [];
    private ExceptionDispatchInfo? _failure;

    private CaptureJob(CaptureSettings settings) => _settings = settings;

    /// <exception cref="CaptureException">A device cannot be captured on.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static int Run(CaptureSettings settings, TextWriter output, TextWriter error)
    {
        using var job = new CaptureJob(settings);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, job.OnSignal);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, job.OnSignal);
        foreach (var device in settings.Devices)
        {
            job._taps.Add(LiveTap.Open(device, settings.Filter, settings.SnapLength, settings.BufferBytes, settings.HardwareStamps));
            job._facts.Add(new CaptureFacts { Name = device, Format = "live", ResolutionNs = 1, SnapLength = settings.SnapLength });
        }

        error.WriteLine($"latlab capture: capturing on {string.Join(" and ", settings.Devices)}"
            + (settings.Duration is { } duration ? $" for {duration.TotalSeconds:0.###} s" : "; end with Ctrl-C"));
        return settings.Folder is { } folder ? job.Record(folder, output) : job.Match(output);
    }

    public void Dispose()
    {
        _taps.ForEach(tap => tap.Dispose());
        _files.ForEach(file => file.Dispose());
    }

    private int Record(string folder, TextWriter output)
    {
        Directory.CreateDirectory(folder);
        Capture(Recorder);
        _completions.ForEach(complete => complete());
        PrintCounts(output);
        return Drops() > 0 ? AnalyzeJob.Incomplete : Commands.Outcome.Done;

        ITapListener Recorder(int index)
        {
            var device = _settings.Devices[index];
            if (_settings.Format == LiveFormat.Pcap)
            {
                var file = new PcapWriter(new WriteBehindStream(Path.Combine(folder, device + ".pcap")), _settings.SnapLength);
                _files.Add(file);
                return new FrameRecorder(file, _facts[index]);
            }

            var flows = new FlowTable();
            var target = new AtomicFile(Path.Combine(folder, device + ".lat"));
            _files.Add(target);
            var writer = new CompactWriter(target.Stream, device, _settings.Identity.ToString(), 1);
            var keyer = new LiveKeyer(new PacketKeyer(_settings.Identity, flows), _settings.SnapLength, _facts[index], records => writer.Write(records.Span), _ => { });
            _completions.Add(() =>
            {
                writer.Complete([.. Enumerable.Range(0, flows.Count).Select(flows.NameOf)], _facts[index].Unparsable, _taps[index].Statistics.Missed);
                target.Complete();
            });
            return keyer;
        }
    }

    private int Match(TextWriter output)
    {
        var flows = new FlowTable();
        using var matcher = new SharedMatcher<PairAccumulator>(new PairAccumulator(_settings.Options));
        Capture(index =>
        {
            var tap = index == 0 ? Tap.Ingress : Tap.Egress;
            return new LiveKeyer(
                new PacketKeyer(_settings.Identity, index == 0 ? flows : null),
                _settings.SnapLength,
                _facts[index],
                records => matcher.Add(tap, records.Span),
                until => matcher.Advance(tap, until));
        });
        for (var i = 0; i < _taps.Count; i++)
        {
            _facts[i].Drops = _taps[i].Statistics.Missed;
        }

        var result = matcher.Finish(pair => pair.Finish(Product.Name, _facts[0], _facts[1])) with
        {
            Timestamps = _settings.HardwareStamps ? TimestampSource.Hardware : TimestampSource.Software,
            Identity = new IdentitySummary { Preset = _settings.Identity.ToString() },
        };
        result = result with { Flows = [.. result.Flows.Select(flow => flow with { Name = flows.NameOf(flow.Flow), Reverse = flows.ReverseOf(flow.Flow) })] };
        ResultText.Write(output, result);
        return Drops() > 0 ? AnalyzeJob.Incomplete : result.Clock!.Verdict == ClockVerdict.Unusable ? AnalyzeJob.ClocksUnusable : Commands.Outcome.Done;
    }

    /// <summary>Captures on a thread a device until the duration is over or a signal comes.</summary>
    private void Capture(Func<int, ITapListener> listenerOf)
    {
        var listeners = Enumerable.Range(0, _taps.Count).Select(listenerOf).ToList();
        var threads = listeners.Select((listener, index) => new Thread(() => Run(_taps[index], listener)) { IsBackground = true, Name = "tap" }).ToList();
        threads.ForEach(thread => thread.Start());
        if (_settings.Duration is { } duration)
        {
            var end = DateTime.UtcNow + duration;
            foreach (var thread in threads)
            {
                var left = end - DateTime.UtcNow;
                if (!thread.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                {
                    Stop();
                }
            }
        }

        threads.ForEach(thread => thread.Join());
        _failure?.Throw();
    }

    private void Run(LiveTap tap, ITapListener listener)
    {
        try
        {
            tap.Run(listener, TimeProvider.System);
            (listener as LiveKeyer)?.Complete();
        }
        catch (Exception exception)
        {
            // Of whatever kind: it is thrown again where the threads are waited for, and the other tap has to end, too.
            Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
            Stop();
            (listener as LiveKeyer)?.Complete();
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

using System.Diagnostics;
using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Noise;

/// <summary>
/// A thread on a CPU that looks at the clock and does nothing else, as oslat (rt-tests) and the kernel's osnoise tracer do
/// (<c>trace/osnoise-tracer.rst</c>). At the usual priority: what may preempt a pod may preempt it.
/// </summary>
internal sealed class BusyLoop(IHost host, int cpu)
{
    /// <summary>From this many nanoseconds on a gap is noise: looking at the clock takes some tens of them.</summary>
    public const long NoiseFromNs = 1_000;

    private readonly GapHistogram _gaps = new();
    private long _count;
    private long _noiseNs;
    private long _collections;
    private long _durationNs;
    private long? _preemptions;
    private long? _smis;

    public int Cpu => cpu;

    /// <summary>Runs on the calling thread, which stays on the CPU.</summary>
    /// <param name="length">How long.</param>
    /// <param name="start">Waited for when this one is ready, and again until all may start.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="IOException">The CPU cannot be run on.</exception>
    public void Run(TimeSpan length, Barrier start, CancellationToken stop)
    {
        IDisposable pinned;
        try
        {
            pinned = CpuThread.Pin(cpu);
        }
        catch
        {
            start.RemoveParticipant();
            throw;
        }

        using var untilDone = pinned;
        // The first rounds fill caches.
        Spin(TimeSpan.FromMilliseconds(10), new GapHistogram(), stop);
        (_count, _noiseNs, _collections) = (0, 0, 0);
        start.SignalAndWait(CancellationToken.None);
        start.SignalAndWait(CancellationToken.None);
        var (preemptions, smis) = (Preemptions(), SmiCounter.Read(host, cpu));
        Spin(length, _gaps, stop);
        (_preemptions, _smis) = (Preemptions() - preemptions, SmiCounter.Read(host, cpu) - smis);
    }

    /// <summary>What was seen.</summary>
    public CpuNoise Report(InterruptTable before, InterruptTable after) => new()
    {
        Cpu = cpu,
        DurationNs = _durationNs,
        MaxNs = _gaps.MaxNs,
        Looks = _gaps.Count,
        Gaps = _count,
        NoiseNs = _noiseNs,
        Collections = _collections,
        Histogram = [.. _gaps.Buckets.Select(bucket => new GapBucket(bucket.FromNs, bucket.Count))],
        Preemptions = _preemptions,
        Smis = _smis,
        Interrupts = after.Since(before, cpu),
    };

    private void Spin(TimeSpan length, GapHistogram gaps, CancellationToken stop)
    {
        var ticksPerNs = Stopwatch.Frequency / 1e9;
        var begin = Stopwatch.GetTimestamp();
        var last = begin;
        var end = begin + (long)(length.TotalNanoseconds * ticksPerNs);
        var collections = GC.CollectionCount(0);
        while (last < end && !stop.IsCancellationRequested)
        {
            var now = Stopwatch.GetTimestamp();
            var gapNs = (long)((now - last) / ticksPerNs);
            last = now;
            if (gapNs >= NoiseFromNs && GC.CollectionCount(0) is var collected && collected != collections)
            {
                // This process stopped the thread itself.
                collections = collected;
                _collections++;
                continue;
            }

            gaps.Add(gapNs);
            if (gapNs >= NoiseFromNs)
            {
                _count++;
                _noiseNs += gapNs;
            }
        }

        _durationNs = (long)((last - begin) / ticksPerNs);
    }

    private static long? Preemptions()
    {
        const string field = "nonvoluntary_ctxt_switches:";
        var line = File.ReadLines($"/proc/self/task/{CpuThread.Id()}/status").FirstOrDefault(text => text.StartsWith(field, StringComparison.Ordinal));
        return line is null ? null : long.Parse(line.AsSpan(field.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture);
    }
}

using System.Diagnostics;
using Latlab.Cli.Native;

namespace Latlab.Cli.Generation;

/// <summary>
/// CLOCK_MONOTONIC, for reading and for sleeping to an absolute time: <see cref="TimeProvider"/> has timers of 1 ms, and packets come every
/// 100 µs.
/// </summary>
internal static class MonotonicClock
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>A sleep of less costs more than it saves.</summary>
    private const long ShortestSleepNs = 50_000;

    /// <summary>How long before the time a sleeper is woken: about what waking takes.</summary>
    private const long WakeUpNs = 15_000;

    /// <summary>Stopwatch ticks are nanoseconds of CLOCK_MONOTONIC on Linux.</summary>
    public static long NowNs => Stopwatch.GetTimestamp();

    /// <summary>Makes the kernel wake this thread when it said, instead of up to 50 µs later to save power.</summary>
    public static void WakeThisThreadPunctually() => _ = Libc.ProcessControl(Libc.SetTimerSlack, 1, 0, 0, 0);

    /// <summary>Sleeps nearly until <paramref name="timeNs"/>, then spins, so that a rate of 10,000/s costs a fraction of a CPU.</summary>
    public static void WaitUntil(long timeNs)
    {
        if (timeNs - NowNs > ShortestSleepNs)
        {
            SleepUntil(timeNs - WakeUpNs);
        }

        while (NowNs < timeNs)
        {
            Thread.SpinWait(4);
        }
    }

    /// <summary>Sleeps until <paramref name="timeNs"/>, or until a signal.</summary>
    public static void SleepUntil(long timeNs)
    {
        var time = new Libc.TimeSpecification { Seconds = timeNs / NsPerSecond, Nanoseconds = timeNs % NsPerSecond };
        _ = Libc.SleepUntil(Libc.ClockMonotonic, Libc.TimerAbsolute, time, 0);
    }
}

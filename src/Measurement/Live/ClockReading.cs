namespace Latlab.Measurement.Live;

/// <summary>
/// CLOCK_REALTIME, which the kernel stamps packets with, read between two readings of CLOCK_MONOTONIC: the reader may be interrupted in
/// between, so how far they are apart is known within bounds only.
/// </summary>
/// <param name="MonotonicBeforeNs">CLOCK_MONOTONIC in nanoseconds, read first.</param>
/// <param name="RealtimeNs">CLOCK_REALTIME in nanoseconds since 1970.</param>
/// <param name="MonotonicAfterNs">CLOCK_MONOTONIC, read last.</param>
public readonly record struct ClockReading(long MonotonicBeforeNs, long RealtimeNs, long MonotonicAfterNs)
{
    private const long NsPerSecond = 1_000_000_000;
    private const long NsPerTick = 100;

    /// <summary>CLOCK_REALTIME is ahead of CLOCK_MONOTONIC by at least this.</summary>
    public long LeastOffsetNs => RealtimeNs - MonotonicAfterNs;

    /// <summary>CLOCK_REALTIME is ahead of CLOCK_MONOTONIC by at most this.</summary>
    public long MostOffsetNs => RealtimeNs - MonotonicBeforeNs;

    /// <summary>Reads both clocks.</summary>
    public static ClockReading Take(TimeProvider clock) => new(MonotonicNs(clock), NowNs(clock), MonotonicNs(clock));

    /// <summary>CLOCK_REALTIME in nanoseconds since 1970.</summary>
    public static long NowNs(TimeProvider clock) => (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * NsPerTick;

    private static long MonotonicNs(TimeProvider clock) => (long)((Int128)clock.GetTimestamp() * NsPerSecond / clock.TimestampFrequency);
}

namespace Latlab.Measurement.Live;

/// <summary>
/// Counts how often CLOCK_REALTIME was set, forward or back. Nothing else moves it against CLOCK_MONOTONIC: what NTP and adjtime(3) slew,
/// they slew on both clocks alike (clock_gettime(2)). Not thread-safe.
/// </summary>
/// <param name="start">The clocks before the first packet.</param>
public sealed class ClockStepCounter(ClockReading start)
{
    /// <summary>Smaller steps are not told from nothing; several of them together are.</summary>
    public const long ToleranceNs = 1_000_000;

    private ClockReading _reference = start;

    /// <summary>Steps so far. One that is undone between two readings is not seen.</summary>
    public long Steps { get; private set; }

    /// <summary>Compares the clocks of now with those before.</summary>
    public void Add(ClockReading now)
    {
        if (now.LeastOffsetNs - _reference.MostOffsetNs > ToleranceNs || _reference.LeastOffsetNs - now.MostOffsetNs > ToleranceNs)
        {
            Steps++;
            _reference = now;
        }
        else if (Vagueness(now) < Vagueness(_reference))
        {
            _reference = now;
        }
    }

    private static long Vagueness(ClockReading reading) => reading.MonotonicAfterNs - reading.MonotonicBeforeNs;
}

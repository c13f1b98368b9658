namespace Latlab.Measurement.Live;

/// <summary>
/// Tells how complete a live capture is, and when it is over, which is told by the machine's clock. Stamps of a NIC's own clock say nothing
/// of that: it may be years behind. They are compared with each other only.
/// </summary>
/// <param name="clock">The machine's clock, which the kernel stamps with.</param>
/// <param name="stampsAreOfAnotherClock">Whether stamps are the NIC's.</param>
internal sealed class CaptureEnd(TimeProvider clock, bool stampsAreOfAnotherClock)
{
    /// <summary>
    /// A tap that has nothing is complete up to this long ago: the time until the kernel hands a block over, and room for a timer that runs late,
    /// as the machine is busy or its host has taken the timer's CPU away. Packets of a block that comes later still might be taken for lost.
    /// </summary>
    public const long IdleMarginNs = 500_000_000;

    private long _stopAtNs = long.MaxValue;
    private long _lastNs;
    private long _beforeReadNs;

    /// <summary>Nothing stamped before this is to come. Only a read that found nothing at all says something about the time before it.</summary>
    public long CompleteUntilNs => _beforeReadNs == 0 || stampsAreOfAnotherClock ? _lastNs : _beforeReadNs - IdleMarginNs;

    /// <summary>Of several times the earliest counts. May be called from any thread.</summary>
    public void StopAt(long timeNs)
    {
        var current = Interlocked.Read(ref _stopAtNs);
        while (timeNs < current)
        {
            var seen = Interlocked.CompareExchange(ref _stopAtNs, timeNs, current);
            if (seen == current)
            {
                return;
            }

            current = seen;
        }
    }

    /// <summary>The capture is about to be read.</summary>
    public void BeforeRead() => _beforeReadNs = ClockReading.NowNs(clock);

    /// <summary>A packet was read. False when it, and all to come, is of after the end.</summary>
    public bool TryTake(long stampNs)
    {
        var stopAtNs = Volatile.Read(ref _stopAtNs);
        // Reading a clock costs as much as a packet: not before there is an end.
        var timeNs = !stampsAreOfAnotherClock ? stampNs : stopAtNs == long.MaxValue ? long.MinValue : ClockReading.NowNs(clock) - IdleMarginNs;
        if (timeNs > stopAtNs)
        {
            return false;
        }

        (_lastNs, _beforeReadNs) = (stampNs, 0);
        return true;
    }

    /// <summary>Nothing more was read. Whether what there is reaches the end.</summary>
    public bool IsReached()
    {
        var untilNs = !stampsAreOfAnotherClock ? CompleteUntilNs : ClockReading.NowNs(clock) - IdleMarginNs;
        return untilNs > Interlocked.Read(ref _stopAtNs);
    }
}

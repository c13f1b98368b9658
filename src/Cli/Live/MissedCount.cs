namespace Latlab.Cli.Live;

/// <summary>
/// What a tap has missed so far, for who looks on. It is asked on the tap's own thread, as libpcap wants it, and seldom, as that is a call
/// into the kernel.
/// </summary>
internal sealed class MissedCount(ILiveListener inner, Func<long> ask) : ILiveListener
{
    private const long PeriodMs = 250;

    private long _missed;
    private long _nextMs = long.MinValue;

    public long Missed => Interlocked.Read(ref _missed);

    public void OnFrame(long timeNs, ReadOnlySpan<byte> frame, int originalLength) => inner.OnFrame(timeNs, frame, originalLength);

    public void OnIdle(long completeUntilNs)
    {
        inner.OnIdle(completeUntilNs);
        var nowMs = Environment.TickCount64;
        if (nowMs >= _nextMs)
        {
            _nextMs = nowMs + PeriodMs;
            Interlocked.Exchange(ref _missed, ask());
        }
    }

    public void Complete() => inner.Complete();
}

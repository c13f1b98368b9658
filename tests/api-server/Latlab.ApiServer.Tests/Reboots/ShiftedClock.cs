namespace Latlab.ApiServer.Tests.Reboots;

/// <summary>The system's clock, put forward at will. Timers keep their pace.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    private long _ticks;

    public void PutForward(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));
}

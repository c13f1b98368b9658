using Latlab.Measurement.Live;

namespace Latlab.Measurement.Tests.Live;

public sealed class CaptureEndTests
{
    private const long Start = 1_700_000_000_000_000_000;
    private const long Second = 1_000_000_000;
    private readonly Clock _clock = new();

    [Fact]
    public void Steady_traffic_that_a_NIC_stamps_with_a_clock_from_1970_ends_by_the_machines_clock()
    {
        var end = new CaptureEnd(_clock, stampsAreOfAnotherClock: true);
        end.BeforeRead();
        Assert.True(end.TryTake(5 * Second));
        end.StopAt(Start + Second);
        _clock.NowNs += Second + CaptureEnd.IdleMarginNs;
        // What was on its way when it was time to stop still comes.
        Assert.True(end.TryTake(6 * Second));
        Assert.False(end.IsReached());
        _clock.NowNs += 1_000;
        Assert.False(end.TryTake(7 * Second));
        Assert.True(end.IsReached());
    }

    [Fact]
    public void A_NICs_clock_that_is_ahead_does_not_end_a_capture_before_its_time()
    {
        var end = new CaptureEnd(_clock, stampsAreOfAnotherClock: true);
        end.StopAt(Start + Second);
        Assert.True(end.TryTake(Start + (100 * Second)));
        Assert.False(end.IsReached());
    }

    [Fact]
    public void An_idle_NIC_is_complete_up_to_its_last_stamp_and_not_up_to_another_clocks_time()
    {
        var end = new CaptureEnd(_clock, stampsAreOfAnotherClock: true);
        end.BeforeRead();
        Assert.Equal(0, end.CompleteUntilNs);
        Assert.True(end.TryTake(5 * Second));
        _clock.NowNs += 10 * Second;
        end.BeforeRead();
        Assert.Equal(5 * Second, end.CompleteUntilNs);
    }

    [Fact]
    public void A_kernels_stamps_end_a_capture_by_themselves_or_by_a_read_that_found_nothing()
    {
        var end = new CaptureEnd(_clock, stampsAreOfAnotherClock: false);
        end.StopAt(Start + Second);
        end.StopAt(Start + (2 * Second));
        end.BeforeRead();
        Assert.True(end.TryTake(Start + Second));
        Assert.Equal(Start + Second, end.CompleteUntilNs);
        Assert.False(end.TryTake(Start + Second + 1));
        _clock.NowNs += Second + CaptureEnd.IdleMarginNs;
        end.BeforeRead();
        Assert.False(end.IsReached());
        _clock.NowNs += 1_000;
        end.BeforeRead();
        Assert.True(end.IsReached());
    }

    private sealed class Clock : TimeProvider
    {
        public long NowNs { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(NowNs / 100);
    }
}

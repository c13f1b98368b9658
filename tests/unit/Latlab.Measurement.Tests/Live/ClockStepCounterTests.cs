using CsCheck;
using Latlab.Measurement.Live;

namespace Latlab.Measurement.Tests.Live;

public sealed class ClockStepCounterTests
{
    private const long Realtime = 1_700_000_000_000_000_000;
    private const long Hour = 3_600_000_000_000;
    private static readonly ClockReading Start = new(1_000, Realtime, 1_100);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(999_000, 0)]
    [InlineData(-999_000, 0)]
    [InlineData(1_001_000, 1)]
    [InlineData(-1_001_000, 1)]
    [InlineData(3_600_000_000_000, 1)]
    [InlineData(-3_600_000_000_000, 1)]
    public void A_step_of_more_than_a_millisecond_counts_in_either_direction_however_late_it_is_looked_at(long stepNs, int steps)
    {
        var counter = new ClockStepCounter(Start);
        counter.Add(After(Hour, stepNs));
        Assert.Equal(steps, counter.Steps);
    }

    [Fact]
    public void A_step_counts_once_and_a_second_one_again()
    {
        var counter = new ClockStepCounter(Start);
        foreach (var stepNs in new long[] { 0, 5_000_000, 5_000_000, 5_000_000, 0, 0 })
        {
            counter.Add(After(Hour, stepNs));
        }

        Assert.Equal(2, counter.Steps);
    }

    [Fact]
    public void Small_steps_add_up()
    {
        var counter = new ClockStepCounter(Start);
        counter.Add(After(Hour, 600_000));
        Assert.Equal(0, counter.Steps);
        counter.Add(After(2 * Hour, 1_200_000));
        Assert.Equal(1, counter.Steps);
    }

    [Fact]
    public void A_reader_that_was_interrupted_is_no_step() =>
        Gen.Select(Gen.Long[0, Hour], Gen.Long[0, Hour], Gen.Long[0, Hour]).Array[0, 20].Sample(readings =>
        {
            var counter = new ClockStepCounter(Start);
            foreach (var (sinceStart, before, after) in readings)
            {
                counter.Add(new ClockReading(1_050 + sinceStart, Realtime + sinceStart + before, 1_050 + sinceStart + before + after));
            }

            return counter.Steps == 0;
        });

    [Fact]
    public void After_a_vague_start_later_readings_make_it_exact()
    {
        var counter = new ClockStepCounter(new ClockReading(0, Realtime, 20_000_000));
        counter.Add(After(Hour, 0));
        counter.Add(After(2 * Hour, 2_000_000));
        Assert.Equal(1, counter.Steps);
    }

    [Fact]
    public void Nobody_sets_this_machines_clock_meanwhile()
    {
        var counter = new ClockStepCounter(ClockReading.Take(TimeProvider.System));
        counter.Add(ClockReading.Take(TimeProvider.System));
        Assert.Equal(0, counter.Steps);
    }

    private static ClockReading After(long elapsedNs, long stepNs) =>
        new(Start.MonotonicBeforeNs + elapsedNs, Realtime + elapsedNs + stepNs, Start.MonotonicAfterNs + elapsedNs);
}

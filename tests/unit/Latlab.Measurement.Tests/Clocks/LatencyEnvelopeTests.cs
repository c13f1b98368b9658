using Latlab.Measurement.Clocks;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Clocks;

public sealed class LatencyEnvelopeTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [InlineData(30_000, Fate.Negative)]
    [InlineData(-5_000, Fate.Matched)]
    public void One_odd_stamp_takes_no_drift_away(long oddMs, Fate fate)
    {
        var envelope = new LatencyEnvelope();
        for (var i = 0; i < 10_000; i++)
        {
            // The later clock gains 2 µs each second.
            var oddNs = i == 100 ? oddMs * Millisecond : 0;
            Add(envelope, (i * Millisecond) + oddNs, 5_000 + (2 * i) - oddNs, i == 100 ? fate : Fate.Matched);
        }

        Assert.InRange(envelope.Drift()!.Value.NsPerSecond, 1_990, 2_010);
    }

    [Fact]
    public void A_clock_that_is_set_back_hides_no_drift()
    {
        var envelope = new LatencyEnvelope();
        for (var i = 0; i < 10_000; i++)
        {
            Add(envelope, (i - (i < 6_000 ? 0 : 5_000)) * Millisecond, 5_000 + (2 * i), Fate.Matched);
        }

        // Most of the pairs of points lie on one side of the step, or are apart by it in both.
        Assert.InRange(envelope.Drift()!.Value.NsPerSecond, 1_990, 12_010);
        Assert.InRange(envelope.Drift()!.Value.SpanSeconds, 4.9, 5.1);
    }

    [Fact]
    public void The_last_interval_counts_also_when_intervals_are_joined_just_before_it()
    {
        var envelope = new LatencyEnvelope();
        for (var i = 0; i < 513; i++)
        {
            Add(envelope, i * 10 * Millisecond, 5_000, Fate.Matched);
        }

        Add(envelope, 60_000 * Millisecond, 0, Fate.Lost);
        Assert.Equal(5.12, envelope.Drift()!.Value.SpanSeconds);
    }

    private static void Add(LatencyEnvelope envelope, long sentNs, long latencyNs, Fate fate) => envelope.Add(new SettledBatch
    {
        SentNs = [sentNs],
        LatencyNs = [latencyNs],
        Flows = [0],
        WireLengths = [0],
        Fate = fate,
        Position = 0,
    });
}

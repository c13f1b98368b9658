using CsCheck;
using Latlab.Cli.Generation;
using Latlab.Measurement.Identity;

namespace Latlab.Cli.Tests.Generation;

public sealed class TrafficPlanTests
{
    private static readonly Gen<TrafficPlan> Plans = Gen.Select(Gen.Int[1, 100_000_000], Gen.Int[1, 4096], Gen.Int[0, 100_000],
        Gen.Int[1, 3_600_000], (rate, flows, warmUp, duration) =>
        new TrafficPlan(rate, flows, TimeSpan.FromMilliseconds(warmUp), TimeSpan.FromMilliseconds(duration)));

    [Fact]
    public void A_packet_is_due_exactly_when_its_time_has_come() =>
        Gen.Select(Plans, Gen.Double.Unit).Sample((plan, where) =>
        {
            var index = (long)(where * (plan.Packets - 1));
            return plan.DueAfter(plan.DueNs(index)) > index && (plan.DueNs(index) == 0 || plan.DueAfter(plan.DueNs(index) - 1) <= index);
        });

    [Fact]
    public void Never_more_is_due_than_there_is() => Plans.Sample(plan => plan.DueAfter(long.MaxValue / 2) == plan.Packets);

    [Fact]
    public void What_is_late_by_at_most_100_ms_is_sent_and_what_is_later_is_not() =>
        Gen.Select(Plans, Gen.Double.Unit).Sample((plan, where) =>
        {
            var index = (long)(where * (plan.Packets - 1));
            var lastMomentNs = plan.DueNs(index) + TrafficPlan.MostLateNs;
            return plan.FirstInTime(lastMomentNs) <= index && plan.FirstInTime(lastMomentNs + 1) > index;
        });

    [Fact]
    public void At_the_end_of_the_window_and_100_ms_nothing_is_left_to_send_whatever_was_sent() => Plans.Sample(plan =>
        plan.FirstInTime(((plan.WarmUp + plan.Duration).Ticks * 100) + TrafficPlan.MostLateNs) == plan.Packets);

    [Fact]
    public void Packets_of_the_window_are_told_from_those_of_the_warm_up_in_any_split() =>
        Gen.Select(Plans, Gen.Double.Unit, Gen.Double.Unit).Sample((plan, one, other) =>
        {
            var (first, second) = ((long)(Math.Min(one, other) * plan.Packets), (long)(Math.Max(one, other) * plan.Packets));
            return plan.MeasuredIn(0, first) + plan.MeasuredIn(first, second - first) + plan.MeasuredIn(second, plan.Packets - second)
                == plan.MeasuredPackets;
        });

    [Fact]
    public void The_mean_rate_does_not_drift() => Plans.Sample(plan => plan.DueNs(plan.Rate * 3600L) == 3_600_000_000_000);

    [Fact]
    public void Flows_take_turns_and_number_their_packets_from_0_in_warm_up_and_window()
    {
        var plan = new TrafficPlan(10, 3, TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1));
        Assert.Equal((5, 10), (plan.WarmUpPackets, plan.MeasuredPackets));
        Assert.Equal(new GeneratorHeader(PacketKind.WarmUp, 7, 1, 1), plan.HeaderOf(4, 7));
        Assert.Equal(new GeneratorHeader(PacketKind.Measured, 7, 0, 0), plan.HeaderOf(5, 7));
        Assert.Equal(new GeneratorHeader(PacketKind.Measured, 7, 0, 3), plan.HeaderOf(14, 7));
    }
}

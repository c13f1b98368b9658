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

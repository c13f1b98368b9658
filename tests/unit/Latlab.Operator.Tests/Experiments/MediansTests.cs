using Latlab.Crds.Runs;
using Latlab.Operator.Experiments;

namespace Latlab.Operator.Tests.Experiments;

public sealed class MediansTests
{
    [Fact]
    public void The_loss_is_the_median_of_the_parts_and_not_that_of_the_run_with_the_median_number()
    {
        var median = Medians.Of([Lost(10, 100, "10"), Lost(20, 1000, "2"), Lost(30, 1000, "3")])!;
        Assert.Equal("3", median.LossPercent);
        Assert.Equal(20, median.Lost);
    }

    private static RunResults Lost(long lost, long sent, string percent) =>
        new() { Lost = lost, Sent = sent, LossPercent = percent, LatencyNs = new LatencySummary() };
}

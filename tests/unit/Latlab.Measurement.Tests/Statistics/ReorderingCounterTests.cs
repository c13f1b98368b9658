using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class ReorderingCounterTests
{
    [Theory]
    [InlineData(new ulong[] { 0, 1, 2, 3 }, 0)]
    [InlineData(new ulong[] { 0, 2, 1, 3 }, 1)]
    [InlineData(new ulong[] { 3, 0, 1, 2 }, 3)]
    [InlineData(new ulong[] { 5, 9, 7, 20 }, 1)]
    public void A_packet_below_the_next_expected_is_reordered(ulong[] arrivals, long reordered)
    {
        var counter = new ReorderingCounter();
        foreach (var sequence in arrivals)
        {
            counter.Add(0, sequence);
        }

        Assert.Equal(reordered, counter.Reordered);
    }

    [Fact]
    public void Flows_are_told_apart()
    {
        var counter = new ReorderingCounter();
        counter.Add(0, 10);
        counter.Add(ushort.MaxValue, 3);
        Assert.Equal(0, counter.Reordered);
    }
}

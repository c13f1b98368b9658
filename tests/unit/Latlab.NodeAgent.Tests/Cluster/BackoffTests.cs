using CsCheck;
using Latlab.NodeAgent.Cluster;

namespace Latlab.NodeAgent.Tests.Cluster;

public sealed class BackoffTests
{
    [Fact]
    public void Waits_double_up_to_a_minute_and_are_jittered() => Gen.Int.Sample(seed =>
    {
        var backoff = new Backoff(TimeProvider.System, new Random(seed));
        var expected = 1.0;
        for (var i = 0; i < 10; i++)
        {
            Assert.InRange(backoff.Next().TotalSeconds, expected / 2, expected);
            expected = Math.Min(60, expected * 2);
        }

        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.5, 1);
    });
}

using System.Runtime;
using Latlab.NodeAgent.Noise;

namespace Latlab.NodeAgent.Tests.Noise;

/// <summary>Alone: what other tests allocate meanwhile would end it.</summary>
[CollectionDefinition(nameof(NoCollectionTests), DisableParallelization = true)]
[Collection(nameof(NoCollectionTests))]
public sealed class NoCollectionTests
{
    [Fact]
    public void Nothing_is_collected_while_it_lasts_and_a_second_one_is_no_failure()
    {
        using (new NoCollection())
        {
            var before = GC.CollectionCount(0);
            using (var second = new NoCollection())
            {
                Assert.Equal(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
                for (var i = 0; i < 1_000; i++)
                {
                    GC.KeepAlive(new byte[4_096]);
                }
            }

            Assert.Equal(before, GC.CollectionCount(0));
        }

        Assert.NotEqual(GCLatencyMode.NoGCRegion, GCSettings.LatencyMode);
    }
}

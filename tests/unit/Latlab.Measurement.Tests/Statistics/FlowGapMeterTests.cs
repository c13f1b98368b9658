using CsCheck;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class FlowGapMeterTests
{
    [Fact]
    public void Each_flow_has_the_gaps_of_its_own_packets_in_any_batching() =>
        Gen.Select(Gen.Select(Gen.Long[0, 1_000], Gen.UShort[0, 40]).Array[1, 60], Gen.Int[1, 70]).Sample((packets, size) =>
        {
            var meter = new FlowGapMeter();
            foreach (var batch in packets.Chunk(size))
            {
                meter.Add([.. batch.Select(packet => packet.Item1)], [.. batch.Select(packet => packet.Item2)]);
            }

            for (var flow = 0; flow <= 41; flow++)
            {
                var times = packets.Where(packet => packet.Item2 == flow).Select(packet => packet.Item1).ToList();
                var gaps = times.Zip(times.Skip(1), (first, second) => second - first).Where(gap => gap >= 0).ToList();
                var found = meter.Of(flow);
                Assert.Equal(gaps.Count, found?.Count ?? 0);
                if (found is not null)
                {
                    Assert.Equal((gaps.Min(), gaps.Average(), gaps.Max()), (found.Min, found.Mean, found.Max));
                }
            }
        });
}

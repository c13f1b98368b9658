using CsCheck;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Tests.Statistics;

public sealed class LengthCountsTests
{
    [Fact]
    public void Lengths_are_exact_below_1024_and_collected_by_powers_of_two_from_there() =>
        Gen.Select(Gen.OneOf(Gen.Long[1, 20], Gen.Long[1_020, 1_030], Gen.Long[2_040, 2_050], Gen.Long[1, long.MaxValue]), Gen.Long[1, 1_000]).Array[0, 50].Sample(added =>
        {
            var counts = new LengthCounts();
            foreach (var (length, count) in added)
            {
                counts.Add(length, count);
            }

            Assert.Equal(added.Sum(entry => entry.Item2), counts.Total);
            Assert.Equal(
                added.GroupBy(entry => LowestOf(entry.Item1), entry => entry.Item2).OrderBy(group => group.Key).Select(group => new LengthCount(group.Key, group.Sum())),
                counts.Result());
        });

    private static long LowestOf(long length)
    {
        var lowest = length < 1024 ? length : 1024;
        while (lowest >= 1024 && lowest <= length / 2)
        {
            lowest *= 2;
        }

        return lowest;
    }
}

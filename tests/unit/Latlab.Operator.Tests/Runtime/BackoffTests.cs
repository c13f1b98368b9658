using CsCheck;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runtime;

public sealed class BackoffTests
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    [Fact]
    public void A_delay_is_the_doubled_one_within_a_quarter_and_never_over_the_bound() =>
        Gen.Select(Gen.Int[0, 2000], Gen.Double[0, 0.999_999]).Sample((failures, chance) =>
        {
            var delay = Backoff.Delay(Shortest, Longest, failures, chance);
            var doubled = Shortest.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 40));
            Assert.InRange(delay.TotalMilliseconds, Math.Min(0.749 * doubled, Longest.TotalMilliseconds), Longest.TotalMilliseconds);
            Assert.True(delay.TotalMilliseconds <= 1.251 * doubled);
        });

    [Fact]
    public void Chance_spreads_items_that_fail_together() =>
        Assert.True(Backoff.Delay(Shortest, Longest, 3, 0.1) < Backoff.Delay(Shortest, Longest, 3, 0.9));

    [Fact]
    public void Items_fail_each_for_itself()
    {
        var backoff = new ItemBackoff<string>(Shortest, Longest, () => 0.5);
        backoff.Next("a");
        backoff.Next("a");

        Assert.Equal(TimeSpan.FromMilliseconds(5), backoff.Next("b"));
        Assert.Equal(TimeSpan.FromMilliseconds(20), backoff.Next("a"));
        backoff.Forget("a");
        Assert.Equal(TimeSpan.FromMilliseconds(5), backoff.Next("a"));
    }
}

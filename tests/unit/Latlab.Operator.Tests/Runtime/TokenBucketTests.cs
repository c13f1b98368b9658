using CsCheck;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runtime;

public sealed class TokenBucketTests
{
    [Fact]
    public void No_more_than_burst_and_rate_allow_is_ever_granted() =>
        Gen.Select(Gen.Int[1, 20], Gen.Int[1, 50], Gen.Int[0, 300].Array[1, 100]).Sample((burst, rate, pauses) =>
        {
            var time = new FakeTimeProvider();
            var bucket = new TokenBucket(rate, burst, time);
            var passed = TimeSpan.Zero;
            var granted = 0;
            foreach (var pause in pauses)
            {
                passed += TimeSpan.FromMilliseconds(pause);
                time.Advance(TimeSpan.FromMilliseconds(pause));
                granted += bucket.TryTake() ? 1 : 0;
                Assert.True(granted <= burst + (rate * passed.TotalSeconds) + 1e-6);
            }
        });

    [Fact]
    public void Reservations_beyond_the_burst_are_spaced_by_the_rate()
    {
        var bucket = new TokenBucket(10, 2, new FakeTimeProvider());

        Assert.Equal([0, 0, 100, 200, 300], Enumerable.Range(0, 5).Select(_ => (int)Math.Round(bucket.Reserve().TotalMilliseconds)));
    }

    [Fact]
    public void Tokens_come_back_with_time_up_to_the_burst()
    {
        var time = new FakeTimeProvider();
        var bucket = new TokenBucket(1, 3, time);
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => bucket.TryTake()));

        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, Enumerable.Range(0, 10).Count(_ => bucket.TryTake()));

        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(3, Enumerable.Range(0, 10).Count(_ => bucket.TryTake()));
    }
}

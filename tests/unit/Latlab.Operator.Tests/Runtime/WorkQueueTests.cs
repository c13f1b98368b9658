using CsCheck;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Time.Testing;

namespace Latlab.Operator.Tests.Runtime;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WorkQueue<string> _queue;
    private int _depth;

    public WorkQueueTests() => _queue = Queue(retriesPerSecond: 1000, burst: 1000);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Adding_an_item_twice_gives_it_out_once()
    {
        _queue.Add("a");
        _queue.Add("a");

        Assert.Equal("a", await TakeAsync());
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task Adding_while_processing_requeues_once_and_only_after_done()
    {
        _queue.Add("a");
        var item = await TakeAsync();
        _queue.Add(item);
        _queue.Add(item);
        Assert.Equal(0, _queue.Depth);

        _queue.Done(item);

        Assert.Equal(1, _queue.Depth);
        _queue.Done(await TakeAsync());
        Assert.Equal(0, _queue.Depth);
    }

    [Fact]
    public async Task Items_come_in_the_order_of_their_first_add()
    {
        foreach (var item in new[] { "a", "b", "a", "c" })
        {
            _queue.Add(item);
        }

        Assert.Equal(["a", "b", "c"], new[] { await TakeAsync(), await TakeAsync(), await TakeAsync() });
    }

    [Fact]
    public void Of_several_delays_the_earliest_counts()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(2));
        _queue.AddAfter("a", TimeSpan.FromSeconds(30));

        _time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _queue.Depth);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public async Task An_item_that_is_due_again_after_it_was_worked_on_comes_again()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        _queue.Done(await TakeAsync());
        _queue.AddAfter("a", TimeSpan.FromSeconds(1));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public void A_delay_of_zero_adds_at_once()
    {
        _queue.AddAfter("a", TimeSpan.Zero);

        Assert.Equal(1, _queue.Depth);
    }

    [Fact]
    public async Task Retries_wait_twice_as_long_each_time_until_the_item_is_forgotten()
    {
        foreach (var milliseconds in new[] { 5, 10, 20, 40 })
        {
            await ExpectRetryAfterAsync(TimeSpan.FromMilliseconds(milliseconds));
        }

        _queue.Forget("a");
        await ExpectRetryAfterAsync(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void An_item_that_keeps_failing_does_not_delay_others_that_are_added()
    {
        using var queue = Queue(retriesPerSecond: 1, burst: 1);
        for (var failure = 0; failure < 50; failure++)
        {
            queue.AddRateLimited("broken");
        }

        queue.Add("healthy");

        Assert.Equal(1, queue.Depth);
    }

    [Fact]
    public void Retries_over_all_items_keep_to_the_overall_rate()
    {
        using var queue = Queue(retriesPerSecond: 10, burst: 5);
        for (var item = 0; item < 25; item++)
        {
            queue.AddRateLimited($"item-{item}");
        }

        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(5, queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(15, queue.Depth);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(25, queue.Depth);
    }

    [Fact]
    public async Task Closing_ends_workers_that_wait_and_gives_out_nothing_more()
    {
        var waiting = _queue.GetAsync(TestContext.Current.CancellationToken).AsTask();
        _queue.AddAfter("later", TimeSpan.FromSeconds(1));

        _queue.Close();
        _queue.Add("a");
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False((await waiting).Found);
        Assert.False((await _queue.GetAsync(TestContext.Current.CancellationToken)).Found);
    }

    [Fact]
    public async Task Closing_drops_what_waits_but_lets_what_is_at_work_be_done()
    {
        _queue.Add("a");
        _queue.Add("b");
        var item = await TakeAsync();

        _queue.Close();
        _queue.Done(item);

        Assert.False((await _queue.GetAsync(TestContext.Current.CancellationToken)).Found);
    }

    [Fact]
    public async Task The_depth_is_told_after_each_change()
    {
        _queue.Add("a");
        _queue.Add("b");
        Assert.Equal(2, _depth);

        _queue.Done(await TakeAsync());

        Assert.Equal(1, _depth);
    }

    /// <summary>Against a model: any order of adds, takes and dones, with the item picked by chance.</summary>
    [Fact]
    public void Any_sequence_of_calls_keeps_the_contract() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3]).Array[0, 60].Sample(calls =>
    {
        using var queue = new WorkQueue<int>(
            _time, new ItemBackoff<int>(TimeSpan.FromMilliseconds(5), TimeSpan.FromMinutes(5), () => 0.5), new TokenBucket(10, 10, _time));
        var waiting = new List<int>();
        var atWork = new HashSet<int>();
        var addedMeanwhile = new HashSet<int>();
        foreach (var (call, item) in calls)
        {
            if (call == 0)
            {
                queue.Add(item);
                if (atWork.Contains(item))
                {
                    addedMeanwhile.Add(item);
                }
                else if (!waiting.Contains(item))
                {
                    waiting.Add(item);
                }
            }
            else if (call == 1 && waiting.Count > 0)
            {
                var taken = queue.GetAsync(CancellationToken.None).AsTask().Result.Item;
                Assert.Equal(waiting[0], taken);
                waiting.RemoveAt(0);
                Assert.True(atWork.Add(taken));
            }
            else if (call == 2 && atWork.Remove(item))
            {
                queue.Done(item);
                if (addedMeanwhile.Remove(item))
                {
                    waiting.Add(item);
                }
            }

            Assert.Equal(waiting.Count, queue.Depth);
        }
    });

    [Fact]
    public async Task No_item_is_given_to_two_workers_at_once_and_no_add_is_lost()
    {
        const int Items = 20;
        const int Adds = 20_000;
        using var queue = new WorkQueue<int>(
            TimeProvider.System,
            new ItemBackoff<int>(TimeSpan.FromMilliseconds(5), TimeSpan.FromMinutes(5), () => 0.5),
            new TokenBucket(10, 10, TimeProvider.System));
        var atWork = new int[Items];
        var wanted = new int[Items];
        var done = new int[Items];
        var overlaps = 0;
        async Task WorkAsync()
        {
            while (await queue.GetAsync(CancellationToken.None) is (true, var item))
            {
                if (Interlocked.Increment(ref atWork[item]) != 1)
                {
                    Interlocked.Increment(ref overlaps);
                }

                Volatile.Write(ref done[item], Volatile.Read(ref wanted[item]));
                await Task.Yield();
                Interlocked.Decrement(ref atWork[item]);
                queue.Done(item);
            }
        }

        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(WorkAsync)).ToArray();
        Parallel.For(0, Adds, n =>
        {
            Interlocked.Increment(ref wanted[n % Items]);
            queue.Add(n % Items);
        });
        await Testing.Eventually.TrueAsync(() => done.SequenceEqual(wanted), "every add was worked on");
        queue.Close();
        await Task.WhenAll(workers);

        Assert.Equal(0, overlaps);
    }

    private WorkQueue<string> Queue(double retriesPerSecond, int burst) => new(
        _time,
        new ItemBackoff<string>(TimeSpan.FromMilliseconds(5), TimeSpan.FromMinutes(5), () => 0.5),
        new TokenBucket(retriesPerSecond, burst, _time),
        depth => _depth = depth);

    private async Task<string> TakeAsync() => (await _queue.GetAsync(TestContext.Current.CancellationToken)).Item!;

    private async Task ExpectRetryAfterAsync(TimeSpan delay)
    {
        _queue.AddRateLimited("a");
        _time.Advance(delay - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _queue.Depth);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _queue.Done(await TakeAsync());
    }
}

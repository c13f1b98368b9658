using Latlab.Cli.Metering;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Tests.Metering;

public sealed class SharedMatcherTests
{
    /// <summary>Against hanging for ever: what should not wait does not take it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Taps_do_not_wait_for_the_matcher()
    {
        var sink = new Sink();
        sink.MayGoOn.Reset();
        using var shared = new SharedMatcher<Sink>(sink);
        // The matcher is in the middle of the first until both taps have handed over all of theirs.
        await Task.Run(() =>
        {
            Add(shared, Tap.Ingress, 0, 5 * FrameBatch.Capacity);
            Add(shared, Tap.Egress, 0, 5 * FrameBatch.Capacity);
        }).WaitAsync(Patience);
        sink.MayGoOn.Set();
        Assert.Equal(5 * FrameBatch.Capacity, shared.Finish(matcher => matcher.Of(Tap.Egress).Count));
    }

    [Fact]
    public void Each_taps_records_and_news_come_in_order_and_all_of_them()
    {
        var sink = new Sink();
        using var shared = new SharedMatcher<Sink>(sink);
        var threads = new[] { Tap.Ingress, Tap.Egress }.Select(tap => new Thread(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                Add(shared, tap, i * 2000, 2000 - i);
                shared.Advance(tap, (i * 2000) + 2000 - i);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        shared.Finish(matcher => 0);
        foreach (var tap in new[] { Tap.Ingress, Tap.Egress })
        {
            var expected = Enumerable.Range(0, 200).SelectMany(i => Enumerable.Range(i * 2000, 2000 - i + 1)).Select(number => (long)number);
            Assert.Equal(expected, sink.Of(tap));
        }
    }

    [Fact]
    public void A_tap_that_is_too_far_ahead_is_held_back_until_the_other_follows()
    {
        var sink = new Sink { IsAhead = tap => tap == Tap.Ingress };
        using var shared = new SharedMatcher<Sink>(sink);
        Add(shared, Tap.Ingress, 0, 1);
        Add(shared, Tap.Egress, 0, 1);
        Assert.True(sink.EgressSeen.Wait(Patience));
        Assert.Empty(sink.Of(Tap.Ingress));
        // At the end nothing is held back.
        Assert.Equal([0L], shared.Finish(matcher => matcher.Of(Tap.Ingress)));
    }

    [Fact]
    public async Task A_tap_waits_when_its_queue_is_full_and_goes_on_when_there_is_room_or_no_hope()
    {
        var sink = new Sink { IsAhead = tap => tap == Tap.Ingress };
        using var shared = new SharedMatcher<Sink>(sink);
        Add(shared, Tap.Ingress, 0, 1024 * FrameBatch.Capacity);
        var more = Task.Run(() => Add(shared, Tap.Ingress, 0, 1), TestContext.Current.CancellationToken);
        Add(shared, Tap.Egress, 0, 1);
        Assert.True(sink.EgressSeen.Wait(Patience));
        Assert.False(more.IsCompleted);
        shared.Abandon();
        await more.WaitAsync(Patience);
        Assert.Equal((1024 * FrameBatch.Capacity) + 1, shared.Finish(matcher => matcher.Of(Tap.Ingress).Count));
    }

    [Fact]
    public void What_the_matcher_throws_is_thrown_when_the_result_is_wanted()
    {
        using var shared = new SharedMatcher<Sink>(new Sink { Failure = new InvalidOperationException("broken") });
        Add(shared, Tap.Ingress, 0, 1);
        Assert.Equal("broken", Assert.Throws<InvalidOperationException>(() => shared.Finish(matcher => 0)).Message);
    }

    private static void Add(SharedMatcher<Sink> shared, Tap tap, long first, int count) =>
        shared.Add(tap, [.. Enumerable.Range(0, count).Select(i => PacketRecord.Numbered(first + i, 0, 0))]);

    /// <summary>Keeps the times that it is told of.</summary>
    private sealed class Sink : ITapSink
    {
        private readonly List<long> _ingress = [];
        private readonly List<long> _egress = [];

        public ManualResetEventSlim MayGoOn { get; } = new(true);

        public ManualResetEventSlim EgressSeen { get; } = new();

        public Func<Tap, bool> IsAhead { get; init; } = _ => false;

        public Exception? Failure { get; init; }

        public List<long> Of(Tap tap) => tap == Tap.Ingress ? _ingress : _egress;

        public long Waiting(Tap tap) => IsAhead(tap) ? 1 << 21 : 0;

        public void Add(Tap tap, Span<PacketRecord> records)
        {
            MayGoOn.Wait();
            if (Failure is not null)
            {
                throw Failure;
            }

            foreach (ref readonly var record in records)
            {
                Of(tap).Add(record.TimeNs);
            }

            if (tap == Tap.Egress)
            {
                EgressSeen.Set();
            }
        }

        public void Advance(Tap tap, long timeNs) => Of(tap).Add(timeNs);
    }
}

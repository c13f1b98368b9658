using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Analysis;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(100_000, false)]
    [InlineData(100_000, true)]
    public void All_records_come_in_order(int count, bool atOnce)
    {
        using var source = new ReadAheadSource(new Numbers(count), atOnce);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (ulong)i), ReadAll(source));
        Assert.Equal(0, source.Read(new PacketRecord[FrameBatch.Capacity]));
    }

    [Fact]
    public void What_was_read_before_a_failure_comes_before_it_and_the_failure_comes_each_time()
    {
        using var source = new ReadAheadSource(new Numbers(20_000, failure: new IOException("the disk is gone")));
        var records = new PacketRecord[FrameBatch.Capacity];
        var read = 0;
        var failure = Assert.Throws<IOException>(() =>
        {
            for (var count = source.Read(records); count > 0; count = source.Read(records))
            {
                read += count;
            }
        });
        Assert.Equal("the disk is gone", failure.Message);
        Assert.Equal(20_000, read);
        Assert.Throws<IOException>(() => source.Read(records));
    }

    [Fact]
    public void It_can_be_left_before_the_end()
    {
        var numbers = new Numbers(int.MaxValue);
        var source = new ReadAheadSource(numbers);
        Assert.NotEqual(0, source.Read(new PacketRecord[FrameBatch.Capacity]));
        source.Dispose();
        Assert.True(numbers.IsDisposed);
    }

    [Fact]
    public void Awaited_records_are_handed_on_at_once()
    {
        // The source gives one batch, and the next only when asked to after that one has come through.
        using var mayGoOn = new ManualResetEventSlim();
        using var source = new ReadAheadSource(new Numbers(2 * FrameBatch.Capacity, pause: mayGoOn), atOnce: true);
        var records = new PacketRecord[FrameBatch.Capacity];
        Assert.Equal(FrameBatch.Capacity, source.Read(records));
        mayGoOn.Set();
        Assert.Equal(FrameBatch.Capacity, source.Read(records));
    }

    private static List<ulong> ReadAll(ReadAheadSource source)
    {
        List<ulong> keys = [];
        var records = new PacketRecord[FrameBatch.Capacity];
        for (var count = source.Read(records); count > 0; count = source.Read(records))
        {
            keys.AddRange(records[..count].Select(record => record.Key));
        }

        return keys;
    }

    /// <summary>Records 0, 1, 2 …, some at a time.</summary>
    private sealed class Numbers(int count, Exception? failure = null, ManualResetEventSlim? pause = null) : IRecordSource
    {
        private int _next;

        public bool IsDisposed { get; private set; }

        public CaptureFacts Facts { get; } = new() { Name = "numbers" };

        public int Read(Span<PacketRecord> records)
        {
            if (_next > 0)
            {
                pause?.Wait();
            }

            var some = Math.Min(pause is null ? 333 : FrameBatch.Capacity, count - _next);
            for (var i = 0; i < some; i++)
            {
                records[i] = new PacketRecord(_next, (ulong)_next, 0, 0);
                _next++;
            }

            return some == 0 && failure is not null ? throw failure : some;
        }

        public void Dispose() => IsDisposed = true;
    }
}

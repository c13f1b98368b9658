using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Tests.Captures;

/// <summary>What it wrote is read back in <see cref="PcapngReaderTests"/>.</summary>
public sealed class PcapngWriterTests
{
    [Fact]
    public void Drops_that_are_known_at_the_end_only_are_read_back_and_disposing_again_writes_nothing()
    {
        var file = new MemoryStream();
        var writer = new PcapngWriter(file, 128);
        writer.Write(1, new byte[60], 60);
        writer.Drops = 7;
        writer.Dispose();
        writer.Drops = 8;
        writer.Dispose();
        var facts = Reading.Of(file.ToArray()).Facts;
        Assert.Equal((1, 7, 0), (facts.Packets, facts.Drops, facts.ProblemCount));
    }

    /// <summary>A capture that is written while packets come has no time for the garbage collector.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(61)]
    public void Nothing_is_allocated_for_a_frame(int length)
    {
        var frame = new byte[length];
        using var writer = new PcapngWriter(Stream.Null, 128);
        writer.Write(0, frame, length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            writer.Write(i, frame, length);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}

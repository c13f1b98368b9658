using CsCheck;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Identity;

public sealed class KeyedSourceTests
{
    /// <summary>Whole batches without a known frame must not look like the end.</summary>
    [Fact]
    public void Every_known_frame_comes_once_and_others_are_counted() =>
        Gen.Select(Gen.Bool.Array[0, 300], Gen.Int[1, 20]).Sample((known, batchSize) =>
        {
            var frames = known.Select((isKnown, i) => new CapturedFrame(i, isKnown ? new TestFrame().Build() : new byte[5])).ToList();
            using var source = new KeyedSource(new MemorySource(frames, batchSize), new PacketKeyer(IdentityRule.Parse("l3"), null));
            var times = new List<long>();
            var records = new PacketRecord[FrameBatch.Capacity];
            for (var count = source.Read(records); count > 0; count = source.Read(records))
            {
                times.AddRange(records[..count].Select(record => record.TimeNs));
            }

            Assert.Equal(frames.Where((_, i) => known[i]).Select(frame => frame.TimeNs), times);
            Assert.Equal(known.Count(isKnown => !isKnown), source.Facts.Unparsable);
            Assert.Equal(known.Length, source.Facts.Packets);
        });

    [Fact]
    public void A_peeked_capture_is_read_whole() =>
        Gen.Select(Gen.Int[0, 300], Gen.Int[1, 20], Gen.Int[0, 400_000], Gen.Int[0, 40].Array[0, 3]).Sample((count, batchSize, mostBytes, peeks) =>
        {
            var frames = Enumerable.Range(0, count).Select(i => new CapturedFrame(i, new TestFrame { IpId = (ushort)i }.Build())).ToList();
            using var source = new PeekedSource(new MemorySource(frames, batchSize), mostBytes);
            foreach (var batches in peeks)
            {
                var peeked = ReadAll(source.Peek(), batches);
                Assert.Equal(Flat(frames[..peeked.Count]), Flat(peeked));
            }

            Assert.Equal(Flat(frames), Flat(ReadAll(source, int.MaxValue)));
            Assert.Throws<InvalidOperationException>(source.Peek);
        });

    [Fact]
    public void Peeking_keeps_no_more_than_allowed()
    {
        var frames = Enumerable.Range(0, 10_000).Select(i => new CapturedFrame(i, new TestFrame().Build())).ToList();
        using var source = new PeekedSource(new MemorySource(frames), mostBytes: 100_000);
        // 100 frames and room for 512 descriptions are 18,288 bytes.
        Assert.Equal(600, ReadAll(source.Peek(), int.MaxValue).Count);
        Assert.Equal(10_000, ReadAll(source, int.MaxValue).Count);
    }

    private static List<CapturedFrame> ReadAll(IFrameSource source, int mostBatches)
    {
        var frames = new List<CapturedFrame>();
        var batch = new FrameBatch();
        for (var i = 0; i < mostBatches && source.Read(batch); i++)
        {
            foreach (var frame in batch.Frames)
            {
                frames.Add(new CapturedFrame(frame.TimeNs, batch.BytesOf(frame).ToArray(), frame.WireLength));
            }
        }

        return frames;
    }

    private static IEnumerable<(long, string, int)> Flat(IEnumerable<CapturedFrame> frames) =>
        frames.Select(frame => (frame.TimeNs, Convert.ToHexString(frame.Bytes), frame.WireLength));
}

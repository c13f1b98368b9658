using CsCheck;
using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Tests.Captures;

public sealed class PcapReaderTests
{
    private const int FileHeader = 24;
    private const int RecordHeader = 16;

    /// <summary>Frames of bytes that are no plausible lengths, so that none of them can be taken for a header by chance.</summary>
    private static readonly Gen<byte[]> Bytes = Gen.Byte[0x80, 0xFF].Array[1, 90];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void What_was_written_is_read(bool microseconds, bool bigEndian) =>
        Gen.Select(Gen.Long[0, 4_294_967_295_999_999_999], Gen.Byte.Array[1, 1522], Gen.Int[0, 9000]).Array[0, 60]
            .Select(Gen.Int[1, 4000]).Sample((frames, piece) =>
            {
                var unit = microseconds ? 1000 : 1;
                var file = Write(frames, microseconds, bigEndian);
                var read = Reading.InPieces(file, piece);
                Assert.Equal(
                    frames.Select(frame => new ReadFrame(frame.Item1 / unit * unit, Convert.ToHexString(frame.Item2), frame.Item2.Length + frame.Item3)),
                    read.Frames);
                Assert.Equal((unit, 1522, 0), (read.Facts.ResolutionNs, read.Facts.SnapLength, read.Facts.ProblemCount));
                Assert.Equal((frames.Length, file.Length), (read.Facts.Packets, read.Facts.Bytes));
            }, iter: 40);

    [Theory]
    [InlineData(1_700_000_000_999_999_999)]
    [InlineData((1L << 32) - 1)]
    [InlineData(((1L << 32) * 397_364_277) - 1)]
    [InlineData(4_294_967_294_999_999_999)]
    public void Stamps_go_on_over_the_ends_of_seconds_and_of_32_bits(long lastNs)
    {
        (long, byte[], int)[] frames = [(lastNs, new byte[60], 0), (lastNs + 1, new byte[60], 0)];
        Assert.Equal([lastNs, lastNs + 1], Reading.Of(Write(frames, false, false)).Frames.Select(frame => frame.TimeNs));
    }

    /// <summary>A file of more than the buffer holds, whose records lie across its end in many ways.</summary>
    [Fact]
    public void Records_that_lie_across_the_ends_of_the_buffer_are_whole()
    {
        var random = new Random(3);
        var frames = Enumerable.Range(0, 3_000).Select(i => (1_700_000_000_000_000_000 + (i * 67L), Noise(random, 1 + random.Next(1500)), 0)).ToArray();
        var read = Reading.Of(Write(frames, false, false));
        Assert.Equal(frames.Select(frame => new ReadFrame(frame.Item1, Convert.ToHexString(frame.Item2), frame.Item2.Length)), read.Frames);
        Assert.Equal(0, read.Facts.ProblemCount);
    }

    /// <summary>Records of one length have a path of their own, a batch at a time; sometimes another length ends it.</summary>
    [Fact]
    public void Batches_of_one_length_are_read_as_any_others() =>
        Gen.Select(Gen.Int[1, 1_000].Array[0, 4], Gen.Int[1, 100], Gen.Bool, Gen.Bool, Gen.Int[0, 2]).Sample((runs, length, microseconds, bigEndian, more) =>
        {
            var lengths = runs.SelectMany(run => Enumerable.Repeat(length, run).Append(length + 1)).ToArray();
            var frames = lengths.Select((count, i) =>
                (1_700_000_000_999_900_000 + (i * 1_000L), Enumerable.Repeat((byte)(0x80 + (i % 100)), count).ToArray(), more)).ToArray();
            var file = Write(frames, microseconds, bigEndian);
            var expected = frames.Select(frame => new ReadFrame(frame.Item1, Convert.ToHexString(frame.Item2), frame.Item2.Length + more));
            Assert.Equal(expected, Reading.Of(file).Frames);
            Assert.Equal(expected, Reading.InPieces(file, 1_000).Frames);
        }, iter: 40);

    [Fact]
    public void Garbage_between_records_costs_no_record_and_is_told_once_with_its_offset() =>
        Gen.Select(Bytes.Array[3, 30], Gen.Int[0, 30], Gen.Byte[0x80, 0xFF].Array[1, 300], Gen.Int[1, 200], Gen.Bool).Sample((bytes, before, garbage, piece, bigEndian) =>
        {
            var frames = bytes.Select((frame, i) => (1_700_000_000_999_999_900 + (i * 67L), frame, 0)).ToArray();
            var file = Write(frames, false, bigEndian);
            var at = FileHeader + bytes.Take(before).Sum(frame => RecordHeader + frame.Length);
            var read = Reading.InPieces([.. file[..at], .. garbage, .. file[at..]], piece);
            Assert.Equal(frames.Select(frame => Convert.ToHexString(frame.frame)), read.Frames.Select(frame => frame.Bytes));
            Assert.Equal((1, at), (read.Facts.ProblemCount, read.Facts.Problems[0].Offset));
            Assert.Contains($"{garbage.Length} bytes", read.Facts.Problems[0].Message, StringComparison.Ordinal);
        }, iter: 300);

    [Theory]
    [InlineData(300)]
    [InlineData(5_000)]
    [InlineData(200_000)]
    public void A_record_that_claims_more_than_was_on_the_wire_swallows_no_others(int claimed)
    {
        var file = Uniform(100);
        var at = FileHeader + (40 * (RecordHeader + 60));
        BitConverter.TryWriteBytes(file.AsSpan(at + 8), claimed);
        var read = Reading.InPieces(file, 500);
        Assert.Equal((99, 1, at), (read.Frames.Count, read.Facts.ProblemCount, read.Facts.Problems[0].Offset));
    }

    /// <summary>Such files exist, and what is in them is sound.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void Records_that_all_say_less_was_on_the_wire_than_they_hold_are_read(int wireLength)
    {
        var file = Uniform(5_000);
        for (var at = FileHeader; at < file.Length; at += RecordHeader + 60)
        {
            BitConverter.TryWriteBytes(file.AsSpan(at + 12), wireLength);
        }

        foreach (var read in new[] { Reading.Of(file), Reading.InPieces(file, 50) })
        {
            Assert.Equal((5_000, 0), (read.Frames.Count, read.Facts.ProblemCount));
        }
    }

    [Fact]
    public void A_file_without_packets_has_none() => Assert.Empty(Reading.Of(Uniform(0)).Frames);

    [Fact]
    public void What_the_link_types_upper_bits_say_of_the_FCS_does_not_matter()
    {
        var file = Uniform(3);
        file[23] = 0x24;
        Assert.Equal(3, Reading.Of(file).Frames.Count);
    }

    private static byte[] Uniform(int count)
    {
        var random = new Random(1);
        return Write([.. Enumerable.Range(0, count).Select(i => (1_700_000_000_000_000_000 + (i * 67L), Noise(random, 60), 0))], false, false);
    }

    private static byte[] Noise(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.Next(0x80, 0x100))];

    private static byte[] Write((long TimeNs, byte[] Bytes, int More)[] frames, bool microseconds, bool bigEndian)
    {
        var file = new MemoryStream();
        using (var writer = new PcapWriter(file, 1522, microseconds, bigEndian))
        {
            foreach (var (timeNs, bytes, more) in frames)
            {
                writer.Write(timeNs, bytes, bytes.Length + more);
            }
        }

        return file.ToArray();
    }
}

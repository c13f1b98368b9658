using System.Numerics;
using CsCheck;
using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Tests.Captures;

public sealed class PcapngReaderTests
{
    /// <summary>if_tsresol, units a second, seconds that 64 bits of them hold without an overflow of the nanoseconds.</summary>
    private static readonly Gen<(byte Code, BigInteger PerSecond)> Resolutions = Gen.OneOf(
        Gen.Byte[0, 12].Select(exponent => (exponent, BigInteger.Pow(10, exponent))),
        Gen.Byte[0, 40].Select(exponent => ((byte)(0x80 | exponent), BigInteger.Pow(2, exponent))));

    [Fact]
    public void Stamps_are_exact_at_every_resolution_and_offset_in_either_byte_order() =>
        Gen.Select(Resolutions, Gen.Long[0, 10_000_000], Gen.ULong[0, 1UL << 55], Gen.Bool, Gen.Int[1, 200]).Sample((resolution, offset, number, bigEndian, piece) =>
        {
            var ticks = (ulong)(number % (resolution.PerSecond * 4_600_000_000));
            var file = new PcapngFile().Section(bigEndian).Interface(resolution: resolution.Code, offsetSeconds: offset).Enhanced(0, ticks, [1, 2, 3], more: 4).Bytes;
            var timeNs = (long)((offset * 1_000_000_000) + (ticks * (BigInteger)1_000_000_000 / resolution.PerSecond));
            Assert.Equal([new ReadFrame(timeNs, "010203", 7)], Reading.InPieces(file, piece).Frames);
        });

    [Fact]
    public void What_the_writer_wrote_is_read() =>
        Gen.Select(Gen.Long[0, 1L << 62], Gen.Byte.Array[1, 1522], Gen.Int[0, 9000]).Array[0, 60].Select(Gen.Long[0, 100].Nullable(), Gen.Int[1, 4000]).Sample((frames, drops, piece) =>
        {
            var file = new MemoryStream();
            using (var writer = new PcapngWriter(file, 1522))
            {
                foreach (var (timeNs, bytes, more) in frames)
                {
                    writer.Write(timeNs, bytes, bytes.Length + more);
                }

                writer.Drops = drops;
            }

            var read = Reading.InPieces(file.ToArray(), piece);
            Assert.Equal(frames.Select(frame => new ReadFrame(frame.Item1, Convert.ToHexString(frame.Item2), frame.Item2.Length + frame.Item3)), read.Frames);
            Assert.Equal((1, 1522, drops, 0), (read.Facts.ResolutionNs, read.Facts.SnapLength, read.Facts.Drops, read.Facts.ProblemCount));
        }, iter: 40);

    [Fact]
    public void A_stamp_that_no_clock_makes_is_none_and_told_with_its_offset()
    {
        var file = new PcapngFile().Section(false).Interface(resolution: 9);
        var offset = file.Length;
        var read = Reading.Of(file.Enhanced(0, (1UL << 62) + 1, [1]).Enhanced(0, 1UL << 62, [2]).Bytes);
        Assert.Equal([0, 1L << 62], read.Frames.Select(frame => frame.TimeNs));
        Assert.Equal(offset, Assert.Single(read.Facts.Problems).Offset);
    }

    [Fact]
    public void Sections_of_different_byte_orders_number_their_interfaces_anew()
    {
        var file = new PcapngFile()
            .Section(bigEndian: false).Interface(resolution: 9).Interface(resolution: 6).Enhanced(1, 5, [1]).Obsolete(0, 6, [2])
            .Section(bigEndian: true).Interface(resolution: 3).Enhanced(0, 7, [3]).Block(0x0000_0BAD, [1, 2, 3, 4]).Enhanced(0, 8, [4]).Bytes;
        var read = Reading.Of(file);
        Assert.Equal([(5_000L, "01"), (6, "02"), (7_000_000, "03"), (8_000_000, "04")], read.Frames.Select(frame => (frame.TimeNs, frame.Bytes)));
        Assert.Equal(0, read.Facts.ProblemCount);
    }

    /// <summary>Statistics count from the start of the capture: the last of an interface is what holds.</summary>
    [Fact]
    public void Drops_are_the_last_that_each_interface_of_each_section_said()
    {
        var file = new PcapngFile()
            .Section(false).Interface().Interface().Statistics(0, 1, 2).Statistics(1, droppedBySystem: 10).Statistics(0, 3, 4)
            .Section(true).Interface().Statistics(0, 100).Bytes;
        Assert.Equal(3 + 4 + 10 + 100, Reading.Of(file).Facts.Drops);
        Assert.Null(Reading.Of(new PcapngFile().Section(false).Interface().Statistics(0).Bytes).Facts.Drops);
    }

    /// <summary>What nobody can have counted is damage, and no reason to stop.</summary>
    [Fact]
    public void Absurd_numbers_of_drops_do_not_overflow()
    {
        var file = new PcapngFile().Section(false);
        for (uint i = 0; i < 20; i++)
        {
            file.Interface().Statistics(i, long.MaxValue, long.MaxValue);
        }

        Assert.Equal(long.MaxValue, Reading.Of(file.Enhanced(0, 1, [1]).Bytes).Facts.Drops);
        Assert.Equal(0, Reading.Of(new PcapngFile().Section(true).Interface().Statistics(0, ulong.MaxValue).Bytes).Facts.Drops);
    }

    [Fact]
    public void Frames_without_a_stamp_and_of_other_link_types_count_as_unparsable()
    {
        var file = new PcapngFile().Section(false).Interface().Interface(linkType: 113).Simple([1]).Enhanced(1, 1, [2]).Enhanced(0, 1, [3]).Bytes;
        var read = Reading.Of(file);
        Assert.Equal(["03"], read.Frames.Select(frame => frame.Bytes));
        Assert.Equal((3, 2), (read.Facts.Packets, read.Facts.Unparsable));
        Assert.Contains("link type 113", read.Facts.Problems.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_without_any_Ethernet_is_refused_with_the_remedy()
    {
        var file = new PcapngFile().Section(false).Interface(linkType: 113).Enhanced(0, 1, [2]).Bytes;
        var message = Assert.Throws<CaptureFormatException>(() => Reading.Of(file)).Message;
        Assert.Contains("file: offset 28", message, StringComparison.Ordinal);
        Assert.Contains("link type 113", message, StringComparison.Ordinal);
        Assert.Contains("not on \"any\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_of_an_interface_that_is_not_described_is_told()
    {
        var file = new PcapngFile().Section(false).Interface();
        var at = file.Length;
        var read = Reading.Of(file.Enhanced(7, 1, [1]).Enhanced(0, 1, [2]).Bytes);
        Assert.Equal((2, 1, 1), (read.Facts.Packets, read.Facts.Unparsable, read.Frames.Count));
        Assert.Equal(at, read.Facts.Problems.Single().Offset);
        Assert.Contains("interface 7", read.Facts.Problems[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_longer_than_its_block_is_left_out_and_told_with_its_blocks_offset()
    {
        var file = new PcapngFile().Section(false).Interface();
        var at = file.Length;
        var bytes = file.Enhanced(0, 1, new byte[8]).Enhanced(0, 2, [2]).Bytes;
        bytes[at + 20] = 200;
        var read = Reading.Of(bytes);
        Assert.Equal(["02"], read.Frames.Select(frame => frame.Bytes));
        Assert.Equal(at, read.Facts.Problems.Single().Offset);
    }

    [Fact]
    public void Garbage_between_blocks_costs_no_frame_and_is_told_once_with_its_offset() =>
        Gen.Select(Gen.Int[0, 20], Gen.Byte[0x80, 0xFF].Array[1, 300], Gen.Int[1, 200], Gen.Bool).Sample((before, garbage, piece, bigEndian) =>
        {
            var file = Frames(new PcapngFile().Section(bigEndian).Interface(resolution: 9), 0, before);
            var at = file.Length;
            Frames(file.Raw(garbage), before, 20);
            var read = Reading.InPieces(file.Bytes, piece);
            Assert.Equal(Enumerable.Range(0, 20), read.Frames.Select(frame => (int)frame.TimeNs));
            Assert.Equal((1, at), (read.Facts.ProblemCount, read.Facts.Problems[0].Offset));
            Assert.Contains(before == 20 ? $"last {garbage.Length} bytes" : $"{garbage.Length} bytes", read.Facts.Problems[0].Message, StringComparison.Ordinal);
        }, iter: 300);

    /// <summary>A length that leads behind the end of the file, but not of what is believed, is not the end of it.</summary>
    [Theory]
    [InlineData(100)]
    [InlineData(100_000)]
    [InlineData(16_000_000)]
    [InlineData(17_000_000)]
    public void A_damaged_length_costs_its_own_block_only(int claimed)
    {
        var file = Frames(new PcapngFile().Section(false).Interface(resolution: 9), 0, 40);
        var at = file.Length;
        var bytes = Frames(file, 40, 100).Bytes;
        BitConverter.TryWriteBytes(bytes.AsSpan(at + 4), claimed);
        var read = Reading.InPieces(bytes, 500);
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i != 40), read.Frames.Select(frame => (int)frame.TimeNs));
        Assert.Equal((1, at), (read.Facts.ProblemCount, read.Facts.Problems[0].Offset));
    }

    [Fact]
    public void A_section_header_within_garbage_does_not_turn_the_byte_order()
    {
        var file = Frames(new PcapngFile().Section(false).Interface(resolution: 9), 0, 3);
        file.Raw([0x0A, 0x0D, 0x0D, 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x1A, 0x2B, 0x3C, 0x4D, 0xFF, 0xFF, 0xFF, 0xFF]);
        var read = Reading.Of(Frames(file, 3, 6).Bytes);
        Assert.Equal(Enumerable.Range(0, 6), read.Frames.Select(frame => (int)frame.TimeNs));
    }

    [Fact]
    public void A_file_cut_anywhere_keeps_all_whole_blocks()
    {
        var file = new PcapngFile().Section(true).Interface(resolution: 9);
        var starts = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            starts.Add(file.Length);
            Frames(file, i, i + 1);
        }

        starts.Add(file.Length);
        for (var length = starts[0]; length < file.Length; length++)
        {
            var read = Reading.Of(file.Bytes[..length]);
            var whole = starts.Count(start => start <= length) - 1;
            Assert.Equal(whole, read.Frames.Count);
            Assert.Equal(length == starts[whole] ? 0 : 1, read.Facts.ProblemCount);
            Assert.All(read.Facts.Problems, problem => Assert.Equal(starts[whole], problem.Offset));
        }
    }

    private static PcapngFile Frames(PcapngFile file, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            file.Enhanced(0, (ulong)i, [.. Enumerable.Repeat((byte)0xEE, 1 + (i % 7))]);
        }

        return file;
    }
}

using CsCheck;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Captures;

public sealed class CompactFileTests
{
    /// <summary>Columns of every encoding: one value for all, rising, close to one another, and any.</summary>
    private static readonly Gen<PacketRecord[]> Records = Gen.Select(Gen.Int[0, 9000], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int).Select((count, times, keys, rest, seed) =>
    {
        var random = new Random(seed);
        return Enumerable.Range(0, count).Select(i => new PacketRecord(
            (long)Value(times, i) >> 2, Value(keys, i), (uint)Value(rest, i), (ushort)Value(rest, i), (ushort)Value(keys, i))).ToArray();

        ulong Value(int kind, int i) => kind switch
        {
            0 => 0xFEDC_BA98_7654_3210,
            1 => 1_700_000_000_000_000_000 + ((ulong)i * 67),
            2 => 1_000_000 - ((ulong)i * 5) + (ulong)random.Next(100),
            _ => (ulong)random.NextInt64(long.MinValue, long.MaxValue),
        };
    });

    [Fact]
    public void What_was_written_is_read() =>
        Gen.Select(Records, Gen.String[0, 20].Array[0, 5], Gen.Long[0, 100], Gen.Long[-1, 100], Gen.Int[1, 5000]).Sample((records, flows, unparsable, drops, piece) =>
        {
            long? known = drops < 0 ? null : drops;
            var file = Write(records, flows, unparsable, known);
            using var reader = (CompactReader)CaptureFile.OpenStream(new PieceStream(file, piece), "f").Records!;
            Assert.Equal(records, ReadAll(reader));
            Assert.Equal(flows, reader.Flows);
            Assert.Equal(("l3", unparsable, records.Length + unparsable, known, 0), (reader.Identity, reader.Facts.Unparsable, reader.Facts.Packets, reader.Facts.Drops, reader.Facts.ProblemCount));
        }, iter: 60);

    [Fact]
    public void Stamps_that_no_clock_makes_are_none_and_counted()
    {
        PacketRecord[] records = [new(long.MaxValue, 1, 0, 60), new(5, 2, 0, 60), new(long.MinValue, 3, 0, 60)];
        using var reader = (CompactReader)CaptureFile.OpenStream(new MemoryStream(Write(records, [], 0, null)), "f").Records!;
        Assert.Equal([0L, 5, 0], ReadAll(reader).Select(record => record.TimeNs));
        Assert.StartsWith("2 stamps", Assert.Single(reader.Facts.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packet_takes_16_bytes_or_less()
    {
        var random = new Random(2);
        var time = 1_700_000_000_000_000_000L;
        PacketRecord[] records = [.. Enumerable.Range(0, 10_000).Select(i => new PacketRecord(
            time += random.Next(0, 3000), (ulong)random.NextInt64(), (uint)random.Next(), (ushort)(i % 3), (ushort)(60 + (i % 2))))];
        Assert.InRange(Write(records, [], 0, null).Length, 13 * records.Length, 16 * records.Length);
    }

    [Fact]
    public void As_many_names_as_there_are_flows_are_read()
    {
        var names = Enumerable.Range(0, ushort.MaxValue).Select(i => $"[2001:db8:1234:5678:9abc:def0:1234:5678]:{i} > [2001:db8:1234:5678:9abc:def0:1234:5679]:4789 udp").ToArray();
        using var reader = (CompactReader)CaptureFile.OpenStream(new MemoryStream(Write([], names, 0, null)), "f").Records!;
        Assert.Empty(ReadAll(reader));
        Assert.Equal(names, reader.Flows);
        Assert.Equal(0, reader.Facts.ProblemCount);
    }

    [Fact]
    public void A_damaged_block_is_left_out_alone_and_told_with_its_offset_and_what_it_held() =>
        Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 7], Gen.Int[1, 5000]).Sample((place, bit, piece) =>
        {
            var file = Write(Numbered(0, 20_000), ["one"], 0, 3);
            var starts = Blocks(file);
            // Not the header, without which nothing is known, nor the end, which is tested below.
            var at = starts[1] + (place % (starts[^1] - starts[1]));
            file[at] ^= (byte)(1 << bit);
            var block = starts.FindLastIndex(start => start <= at);
            var read = Reading.InPieces(file, piece);
            var left = Numbered(0, 20_000).Where(record => block > 5 || record.TimeNs / 67 / CompactFormat.MostRecords != block - 1).ToArray();
            Assert.Equal(left, read.Records);
            Assert.Equal(starts[block], read.Facts.Problems[0].Offset);
            Assert.Contains($"{starts[block + 1] - starts[block]} bytes", read.Facts.Problems[0].Message, StringComparison.Ordinal);
            Assert.Equal(block > 5 ? 1 : 2, read.Facts.ProblemCount);
        }, iter: 100);

    [Fact]
    public void A_file_cut_anywhere_keeps_all_whole_blocks_and_says_so() =>
        Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[1, 5000]).Sample((place, piece) =>
        {
            var file = Write(Numbered(0, 20_000), ["one"], 0, 3);
            var starts = Blocks(file);
            var at = starts[1] + (place % (file.Length - starts[1]));
            var read = Reading.InPieces(file[..at], piece);
            var whole = starts.Skip(2).Count(start => start <= at);
            Assert.Equal(Numbered(0, Math.Min(20_000, whole * CompactFormat.MostRecords)), read.Records);
            Assert.Contains(read.Facts.Problems, problem => problem.Message.Contains("the file has no end", StringComparison.Ordinal));
        }, iter: 100);

    [Fact]
    public void A_block_that_is_missing_whole_is_missed()
    {
        var file = Write(Numbered(0, 20_000), [], 0, null);
        var starts = Blocks(file);
        var read = Reading.Of([.. file[..starts[2]], .. file[starts[3]..]]);
        Assert.Equal(20_000 - CompactFormat.MostRecords, read.Records.Count);
        Assert.Contains($"{20_000 - CompactFormat.MostRecords} of the 20000 records", read.Facts.Problems.Single().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_lies_behind_the_end_is_told()
    {
        var file = Write(Numbered(0, 10), [], 2, 3);
        // Pieces that lie over the end when the reader looks behind it.
        var read = Reading.InPieces([.. file, .. file], 50);
        Assert.Equal((10, 12, 2, 3), (read.Records.Count, read.Facts.Packets, read.Facts.Unparsable, read.Facts.Drops));
        Assert.Equal(file.Length, read.Facts.Problems.Single().Offset);
    }

    [Fact]
    public void A_damaged_header_is_refused()
    {
        var file = Write(Numbered(0, 10), [], 0, null);
        file[30] ^= 1;
        Assert.Contains("offset 8: the header", Assert.Throws<CaptureFormatException>(() => Reading.Of(file)).Message, StringComparison.Ordinal);
    }

    private static PacketRecord[] Numbered(int from, int to) =>
        [.. Enumerable.Range(from, to - from).Select(i => new PacketRecord(i * 67L, (ulong)i * 0x9E3779B97F4A7C15, (uint)i, 0))];

    private static byte[] Write(PacketRecord[] records, string[] flows, long unparsable, long? drops)
    {
        var file = new MemoryStream();
        using (var writer = new CompactWriter(file, "dev", "l3", 1))
        {
            writer.Write(records);
            writer.Complete(flows, unparsable, drops);
        }

        return file.ToArray();
    }

    /// <summary>Where the blocks start: the header, records, the flows' names, the end.</summary>
    private static List<int> Blocks(byte[] file)
    {
        var starts = new List<int>();
        for (var at = sizeof(ulong); at < file.Length; at += CompactFormat.BlockHeader + BitConverter.ToInt32(file, at + 4))
        {
            starts.Add(at);
        }

        return starts;
    }

    private static List<PacketRecord> ReadAll(CompactReader reader)
    {
        var all = new List<PacketRecord>();
        var buffer = new PacketRecord[FrameBatch.Capacity];
        for (var count = reader.Read(buffer); count > 0; count = reader.Read(buffer))
        {
            all.AddRange(buffer.AsSpan(0, count));
        }

        return all;
    }
}

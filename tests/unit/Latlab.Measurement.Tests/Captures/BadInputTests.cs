using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Captures;

/// <summary>What can be read is, and what cannot is named with its offset.</summary>
public sealed class BadInputTests
{
    private const int Record = 16 + 60;

    [Fact]
    public void A_file_cut_within_a_record_keeps_all_before_it()
    {
        var (packets, problem) = Read(Pcap()[..^10]);
        Assert.Equal((99, 24 + (99 * Record)), (packets, problem!.Value.Offset));
        Assert.Contains("last 66 bytes", problem.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tail_of_zeros_is_told_from_packets()
    {
        var (packets, problem) = Read([.. Pcap(), .. new byte[100_000]]);
        Assert.Equal((100, 24 + (100 * Record)), (packets, problem!.Value.Offset));
        Assert.Contains("zeros", problem.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Garbage_in_the_middle_costs_what_it_covers()
    {
        var bytes = Pcap();
        // The header of record 40 and some of its frame.
        new Random(1).NextBytes(bytes.AsSpan(24 + (40 * Record), 50));
        bytes[24 + (40 * Record) + 8 + 3] = 0x7F;
        var (packets, problem) = Read(bytes);
        Assert.Equal((99, 24 + (40 * Record)), (packets, problem!.Value.Offset));
        Assert.Contains($"{Record} bytes", problem.Value.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[0], "offset 0: the file is empty")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5 }, "offset 0: no capture starts with 01020304")]
    [InlineData(new byte[] { 0x4D, 0x3C, 0xB2, 0xA1, 2, 0 }, "ends within its header")]
    public void What_is_no_capture_is_refused_with_the_reason(byte[] bytes, string reason) =>
        Assert.Contains(reason, Assert.Throws<CaptureFormatException>(() => Read(bytes)).Message, StringComparison.Ordinal);

    [Fact]
    public void Another_link_type_is_refused_with_the_remedy()
    {
        var bytes = Pcap();
        bytes[20] = 113;
        var message = Assert.Throws<CaptureFormatException>(() => Read(bytes)).Message;
        Assert.Contains("link type 113", message, StringComparison.Ordinal);
        Assert.Contains("not on \"any\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_block_of_a_compact_file_is_left_out_alone()
    {
        var file = Compact(20_000);
        file[file.Length / 2] ^= 0x10;
        var (packets, problem) = Read(file);
        Assert.Equal(20_000 - 4096, packets);
        Assert.Contains("no whole block", problem!.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_compact_file_that_was_cut_says_so()
    {
        var (packets, problem) = Read(Compact(5_000)[..^30]);
        Assert.Equal(5_000, packets);
        Assert.NotNull(problem);
    }

    [Fact]
    public void A_compact_file_holds_what_was_written_in_16_bytes_a_packet_or_less()
    {
        var records = Enumerable.Range(0, 10_000)
            .Select(i => new PacketRecord(1_700_000_000_000_000_000 + (i * 67), (ulong)i * 0x9E3779B97F4A7C15, (uint)(i * 2654435761L), (ushort)(i % 3), (ushort)(60 + (i % 2)))).ToArray();
        var file = new MemoryStream();
        using (var writer = new CompactWriter(file, "dev", "l3", 1))
        {
            writer.Write(records);
            writer.Complete(["one", "two"], 7, null);
        }

        Assert.InRange(file.ToArray().Length, 1, 16 * records.Length);
        using var reader = (CompactReader)CaptureFile.OpenStream(new MemoryStream(file.ToArray()), "f").Records!;
        var read = new List<PacketRecord>();
        var buffer = new PacketRecord[FrameBatch.Capacity];
        for (var count = reader.Read(buffer); count > 0; count = reader.Read(buffer))
        {
            read.AddRange(buffer.AsSpan(0, count));
        }

        Assert.Equal(records, read);
        Assert.Equal(("l3", 7, 10_007), (reader.Identity, reader.Facts.Unparsable, reader.Facts.Packets));
        Assert.Equal(["one", "two"], reader.Flows);
        Assert.Equal(0, reader.Facts.ProblemCount);
    }

    [Fact]
    public void Stamps_of_mscap_files_are_repaired_only_when_asked_and_counted()
    {
        var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            foreach (var time in new[] { uint.MaxValue - 10L, 5L, uint.MaxValue - 1L, 7L })
            {
                writer.Write(time);
                writer.Write(0);
            }
        }

        Assert.Equal([uint.MaxValue - 10L, 5L, uint.MaxValue - 1L, 7L], Times(false, out var wraps));
        Assert.Equal(0, wraps);
        Assert.Equal([uint.MaxValue - 10L, 5L + (1L << 32), uint.MaxValue - 1L + (1L << 32), 7L + (2L << 32)], Times(true, out wraps));
        Assert.Equal(2, wraps);

        long[] Times(bool repair, out long repaired)
        {
            using var source = CaptureFile.OpenStream(new MemoryStream(file.ToArray()), "m", new CaptureOptions { Mscap = true, RepairWraps = repair }).Records!;
            var records = new PacketRecord[FrameBatch.Capacity];
            var count = source.Read(records);
            repaired = source.Facts.WrapsRepaired;
            return [.. records.Take(count).Select(record => record.TimeNs)];
        }
    }

    [Fact]
    public void MoonSniffs_trailer_replaces_the_stamp_and_is_cut_off()
    {
        var file = new MemoryStream();
        using (var writer = new PcapWriter(file, 256))
        {
            writer.Write(1, [.. new byte[60], 0x15, 0xCD, 0x5B, 0x07, 0x2A, 0, 0, 0], 68);
            writer.Write(2, [.. new byte[60], 0xFF, 0xFF, 0xFF, 0xFF, 0x2A, 0, 0, 0], 68);
        }

        using var source = CaptureFile.OpenStream(new MemoryStream(file.ToArray()), "t", new CaptureOptions { MoonSniffTrailer = true }).Frames!;
        var batch = new FrameBatch();
        Assert.True(source.Read(batch));
        Assert.Equal([(42_123_456_789L, 60, 60)], batch.Frames.ToArray().Select(frame => (frame.TimeNs, frame.Length, frame.WireLength)));
        Assert.Equal(1, source.Facts.Unparsable);
    }

    [Fact]
    public async Task A_file_that_grows_is_followed_until_nothing_more_comes()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = Pcap();
            await File.WriteAllBytesAsync(path, bytes[..1_000], TestContext.Current.CancellationToken);
            var reading = Task.Run(() => Count(CaptureFile.Open(path, new CaptureOptions { Follow = TimeSpan.FromSeconds(3) })), TestContext.Current.CancellationToken);
            await using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                foreach (var part in bytes[1_000..].Chunk(3_000))
                {
                    await file.WriteAsync(part, TestContext.Current.CancellationToken);
                    await file.FlushAsync(TestContext.Current.CancellationToken);
                }
            }

            Assert.Equal(100, await reading);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static long Count(IFrameSource source)
    {
        using (source)
        {
            var batch = new FrameBatch();
            while (source.Read(batch))
            {
            }

            return source.Facts.Packets;
        }
    }

    private static (long Packets, CaptureProblem? Problem) Read(byte[] bytes)
    {
        var (frames, records) = CaptureFile.OpenStream(new MemoryStream(bytes), "file");
        using var source = records ?? new KeyedSource(frames!, new PacketKeyer(new IdentityRule(IdentityPreset.Generator), null));
        var buffer = new PacketRecord[FrameBatch.Capacity];
        var packets = 0L;
        for (var count = source.Read(buffer); count > 0; count = source.Read(buffer))
        {
            packets += count;
        }

        return (packets, source.Facts.Problems.Count > 0 ? source.Facts.Problems[0] : null);
    }

    private static byte[] Pcap()
    {
        var file = new MemoryStream();
        using (var before = new PcapWriter(file, 256))
        using (var after = new PcapWriter(Stream.Null, 256))
        {
            SyntheticPair.Write(new SynthesisOptions { Packets = 100 }, before, after);
        }

        return file.ToArray();
    }

    private static byte[] Compact(int count)
    {
        var file = new MemoryStream();
        using (var writer = new CompactWriter(file, "dev", "l3", 1))
        {
            writer.Write([.. Enumerable.Range(0, count).Select(i => new PacketRecord(i * 67L, (ulong)i * 0x9E3779B97F4A7C15, (uint)i, 0))]);
            writer.Complete([], 0, null);
        }

        return file.ToArray();
    }
}

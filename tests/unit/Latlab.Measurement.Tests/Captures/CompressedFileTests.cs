using System.IO.Compression;
using Latlab.Measurement.Captures;
using ZstdSharp;

namespace Latlab.Measurement.Tests.Captures;

public sealed class CompressedFileTests
{
    private const int Packets = 4_000;

    private static readonly byte[] Plain = MakePlain();

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_compressed_capture_is_read_by_its_magic(string kind)
    {
        var read = Reading.InPieces(Compress(kind, Plain), 777);
        Assert.Equal(Reading.Of(Plain).Frames, read.Frames);
        Assert.Equal(("pcap+" + kind, 0), (read.Facts.Format, read.Facts.ProblemCount));
    }

    /// <summary>As split and parallel compressors write them.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Parts_that_were_compressed_one_by_one_are_one_capture(string kind)
    {
        var read = Reading.Of([.. Compress(kind, Plain[..5_000]), .. Compress(kind, Plain[5_000..])]);
        Assert.Equal((Packets, 0), (read.Frames.Count, read.Facts.ProblemCount));
    }

    [Fact]
    public void Frames_of_zstd_that_are_to_be_skipped_are()
    {
        byte[] skipped = [0x53, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
        var read = Reading.Of([.. skipped, .. Compress("zstd", Plain)]);
        Assert.Equal((Packets, 0), (read.Frames.Count, read.Facts.ProblemCount));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_cut_file_keeps_what_can_be_decompressed_and_says_so(string kind)
    {
        var compressed = Compress(kind, Plain);
        for (var part = 5; part < 10; part++)
        {
            var read = Reading.Of(compressed[..(compressed.Length * part / 10)]);
            Assert.InRange(read.Frames.Count, 1, Packets - 1);
            Assert.Equal(Reading.Of(Plain).Frames.Take(read.Frames.Count), read.Frames);
            Assert.Contains("damaged or cut", read.Facts.Problems[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_wrong_checksum_costs_next_to_nothing_of_what_was_decompressed()
    {
        var compressed = Compress("gzip", Plain);
        compressed[^8] ^= 1;
        var read = Reading.Of(compressed);
        Assert.InRange(read.Frames.Count, Packets - 7, Packets);
        Assert.Contains("checksum", read.Facts.Problems[0].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_file_of_which_nothing_can_be_decompressed_is_refused_for_that(string kind)
    {
        var compressed = Compress(kind, Plain);
        var message = Assert.Throws<CaptureFormatException>(() => Reading.Of(compressed[..10])).Message;
        Assert.Contains("damaged or cut", message, StringComparison.Ordinal);
    }

    private static byte[] MakePlain()
    {
        var random = new Random(5);
        var frame = new byte[60];
        var file = new MemoryStream();
        using (var writer = new PcapWriter(file, 256))
        {
            for (var i = 0; i < Packets; i++)
            {
                random.NextBytes(frame);
                writer.Write(1_700_000_000_000_000_000 + (i * 67L), frame, 60);
            }
        }

        return file.ToArray();
    }

    private static byte[] Compress(string kind, byte[] bytes)
    {
        var file = new MemoryStream();
        using (Stream stream = kind == "gzip" ? new GZipStream(file, CompressionLevel.Fastest) : new CompressionStream(file))
        {
            stream.Write(bytes);
        }

        return file.ToArray();
    }
}

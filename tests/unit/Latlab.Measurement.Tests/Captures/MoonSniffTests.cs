using Latlab.Measurement.Captures;

namespace Latlab.Measurement.Tests.Captures;

/// <summary>What MoonGen's logger and its capture write: https://github.com/emmericp/MoonGen, src/moonsniff.cpp.</summary>
public sealed class MoonSniffTests
{
    private const long Wrap = 1L << 32;

    [Fact]
    public void Stamps_are_repaired_only_when_asked_and_each_wrap_is_counted()
    {
        long[] times = [Wrap - 10, 5, 3_000_000_000, 7];
        var asTheyAre = Read(Mscap(times), repair: false);
        Assert.Equal(times, asTheyAre.Records.Select(record => record.TimeNs));
        Assert.Equal((0, 2), (asTheyAre.Facts.WrapsRepaired, asTheyAre.Facts.WrapsSeen));
        var repaired = Read(Mscap(times), repair: true);
        Assert.Equal([Wrap - 10, Wrap + 5, Wrap + 3_000_000_000, (2 * Wrap) + 7], repaired.Records.Select(record => record.TimeNs));
        Assert.Equal(2, repaired.Facts.WrapsRepaired);
    }

    [Fact]
    public void A_packet_that_comes_late_over_a_wrap_is_from_before_it()
    {
        var read = Read(Mscap([Wrap - 10, 5, Wrap - 3, 6]), repair: true);
        Assert.Equal([Wrap - 10, Wrap + 5, Wrap - 3, Wrap + 6], read.Records.Select(record => record.TimeNs));
        Assert.Equal(1, read.Facts.WrapsRepaired);
    }

    [Fact]
    public void Stamps_of_64_bits_are_left_alone()
    {
        long[] times = [1_700_000_000_000_000_000, 1_700_000_010_000_000_000, 1_700_000_009_999_999_999];
        var read = Read(Mscap(times), repair: true);
        Assert.Equal(times, read.Records.Select(record => record.TimeNs));
        Assert.Equal(0, read.Facts.WrapsRepaired);
    }

    [Fact]
    public void A_stamp_that_no_clock_makes_is_none_and_a_pcap_file_is_no_mscap_file()
    {
        var read = Read(Mscap([1, long.MinValue]), repair: false);
        Assert.Equal([1L, 0], read.Records.Select(record => record.TimeNs));
        Assert.Equal(12, Assert.Single(read.Facts.Problems).Offset);
        byte[] pcap = [0x4D, 0x3C, 0xB2, 0xA1, .. new byte[20]];
        Assert.Contains("leave --mscap out", Assert.Throws<CaptureFormatException>(() => Read(pcap, repair: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_are_keys_and_a_cut_record_is_told_with_its_offset()
    {
        var read = Read(Mscap([1, 2, 3])[..^5], repair: false);
        Assert.Equal([0UL, 1UL], read.Records.Select(record => record.Key));
        Assert.Equal(24, read.Facts.Problems.Single().Offset);
    }

    [Fact]
    public void The_trailer_replaces_the_stamp_and_is_cut_off()
    {
        byte[] trailer = [0x15, 0xCD, 0x5B, 0x07, 0x2A, 0, 0, 0];
        var file = new MemoryStream();
        using (var writer = new PcapWriter(file, 256))
        {
            writer.Write(1, [.. new byte[60], .. trailer], 68);
            // No second, no room, and a frame that lost its trailer to the capture's snap length.
            writer.Write(2, [.. new byte[60], 0xFF, 0xFF, 0xFF, 0xFF, 0x2A, 0, 0, 0], 68);
            writer.Write(3, [1, 2, 3], 3);
            writer.Write(4, new byte[64], 68);
            writer.Write(5, trailer, 8);
        }

        var read = Reading.Of(file.ToArray(), new CaptureOptions { MoonSniffTrailer = true });
        Assert.Equal([new ReadFrame(42_123_456_789, Convert.ToHexString(new byte[60]), 60), new ReadFrame(42_123_456_789, "", 0)], read.Frames);
        Assert.Equal((5, 3), (read.Facts.Packets, read.Facts.Unparsable));
    }

    private static Reading Read(byte[] bytes, bool repair) => Reading.InPieces(bytes, 7, new CaptureOptions { Mscap = true, RepairWraps = repair });

    private static byte[] Mscap(long[] times)
    {
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        for (var id = 0; id < times.Length; id++)
        {
            writer.Write(times[id]);
            writer.Write(id);
        }

        return file.ToArray();
    }
}

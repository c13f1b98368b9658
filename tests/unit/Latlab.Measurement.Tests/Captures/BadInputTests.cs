using Latlab.Measurement.Captures;
using Latlab.Measurement.Synthesis;

namespace Latlab.Measurement.Tests.Captures;

/// <summary>What can be read is, and what cannot is named with its offset.</summary>
public sealed class BadInputTests
{
    private const int Record = 16 + 60;

    [Fact]
    public void A_folder_is_refused_with_the_remedy() =>
        Assert.Contains("give the capture file in it", Assert.Throws<CaptureFormatException>(() => CaptureFile.Open(Path.GetTempPath())).Message, StringComparison.Ordinal);

    [Fact]
    public void Records_where_frames_are_needed_are_refused() =>
        Assert.Contains("frames are needed", Assert.Throws<CaptureFormatException>(() =>
        {
            var path = Path.GetTempFileName();
            try
            {
                using (var writer = new CompactWriter(File.Create(path), "dev", "l3", 1))
                {
                    writer.Complete([], 0, null);
                }

                CaptureFile.Open(path);
            }
            finally
            {
                File.Delete(path);
            }
        }).Message, StringComparison.Ordinal);

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

    private static (long Packets, CaptureProblem? Problem) Read(byte[] bytes)
    {
        var read = Reading.Of(bytes);
        return (read.Facts.Packets, read.Facts.Problems.Count > 0 ? read.Facts.Problems[0] : null);
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
}

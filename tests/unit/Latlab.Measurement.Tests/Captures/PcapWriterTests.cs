using System.Globalization;
using CsCheck;
using Latlab.Measurement.Captures;
using SharpPcap;
using SharpPcap.LibPcap;

namespace Latlab.Measurement.Tests.Captures;

public sealed class PcapWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("latlab-pcap-").FullName;

    [Fact]
    public void SharpPcap_reads_back_nanoseconds_bytes_and_original_lengths() =>
        Gen.Select(Gen.Long[0, 2_147_483_647_999_999_999], Gen.Byte.Array[0, 1522], Gen.Int[0, 9000]).Array[0, 400].Sample(frames =>
        {
            var path = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
            using (var writer = new PcapWriter(new WriteBehindStream(path), 1522))
            {
                foreach (var (timeNs, bytes, more) in frames)
                {
                    writer.Write(timeNs, bytes, bytes.Length + more);
                }
            }

            Assert.Equal(frames.Select(frame => (frame.Item1, Convert.ToHexString(frame.Item2), frame.Item2.Length + frame.Item3)),
                Read(path));
        }, iter: 20);

    [Fact]
    public void The_file_may_be_read_by_owner_and_group_only_and_has_its_name_once_complete()
    {
        var path = Path.Combine(_directory, "ingress.pcap");
        var writer = new PcapWriter(new WriteBehindStream(path), 128);
        Assert.False(File.Exists(path));
        writer.Dispose();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
        Assert.False(File.Exists(path + ".partial"));
    }

    [Fact]
    public void A_full_disk_is_an_error_and_leaves_no_file_under_the_final_name()
    {
        // /dev/full refuses every write for want of space.
        var path = Path.Combine(_directory, "full");
        File.CreateSymbolicLink(path + ".partial", "/dev/full");
        var mode = File.GetUnixFileMode("/dev/full");
        try
        {
            var writer = new PcapWriter(new WriteBehindStream(path), 128);
            var error = Assert.Throws<IOException>(() => writer.Dispose());
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.False(File.Exists(path));
        }
        finally
        {
            File.SetUnixFileMode("/dev/full", mode);
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private static IEnumerable<(long, string, int)> Read(string path)
    {
        using var device = new CaptureFileReaderDevice(path);
        device.Open(new DeviceConfiguration { TimestampResolution = TimestampResolution.Nanosecond });
        while (device.GetNextPacket(out var packet) == GetPacketStatus.PacketRead)
        {
            var time = decimal.Parse(packet.Header.Timeval.ToString().TrimEnd('s'), CultureInfo.InvariantCulture);
            var header = (PcapHeader)packet.Header;
            yield return ((long)(time * 1_000_000_000), Convert.ToHexString(packet.Data), (int)header.PacketLength);
        }
    }
}

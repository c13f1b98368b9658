using Latlab.Cli.Commands;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Cli.Tests.Commands;

public sealed class ConvertCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(false, 5L)]
    [InlineData(true, 42_123_456_789L)]
    public void Stamps_come_from_MoonSniffs_trailer_only_where_that_is_asked_for(bool trailer, long timeNs)
    {
        var (capture, records) = (Path.Combine(_folder.FullName, "a.pcap"), Path.Combine(_folder.FullName, "a.lat"));
        using (var writer = new PcapWriter(File.Create(capture), 256))
        {
            // 123,456,789 ns and 42 s, 32 bits little-endian each.
            writer.Write(5, [.. new byte[60], 0x15, 0xCD, 0x5B, 0x07, 0x2A, 0, 0, 0], 68);
        }

        string[] arguments = [capture, "--identity", "exact", "-o", records, .. trailer ? ["--moonsniff-trailer"] : Array.Empty<string>()];
        Assert.Equal(Outcome.Done, ConvertCommand.Create().Parse(arguments).Invoke());

        using var source = CaptureFile.OpenAny(records).Records!;
        var read = new PacketRecord[2];
        Assert.Equal(1, source.Read(read));
        Assert.Equal(timeNs, read[0].TimeNs);
    }
}

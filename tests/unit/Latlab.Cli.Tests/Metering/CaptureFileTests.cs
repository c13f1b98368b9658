using Latlab.Cli.Metering;

namespace Latlab.Cli.Tests.Metering;

public sealed class CaptureFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("latlab-capture-").FullName;

    [Fact]
    public void At_its_limit_it_ends_with_a_whole_frame_and_says_so()
    {
        var path = Path.Combine(_directory, "ingress.pcap");
        using var file = new CaptureFile(path, 100, mostBytes: 24 + (3 * (16 + 60)) + 75);
        for (var i = 0; i < 10; i++)
        {
            file.Write(i, new byte[60], 60);
        }

        file.Dispose();
        Assert.Equal(24 + (3 * (16 + 60)), new FileInfo(path).Length);
        Assert.Contains(path, file.Problem, StringComparison.Ordinal);
        Assert.Contains("--pcap-max-bytes", file.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Within_its_limit_there_is_no_problem()
    {
        using var file = new CaptureFile(Path.Combine(_directory, "egress.pcap"), 100, mostBytes: 24 + 16 + 60);
        file.Write(0, new byte[60], 60);
        file.Dispose();
        Assert.Null(file.Problem);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}

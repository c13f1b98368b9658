using System.IO.Pipes;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Tests.Captures;

public sealed class GrowingFileTests
{
    private static readonly CaptureOptions Follow = new() { Follow = TimeSpan.FromMilliseconds(100) };

    public static TheoryData<string> Formats => ["pcap", "pcapng", "latlab"];

    /// <summary>More ends are met than patience lasts for without anything coming: it starts anew with each growth.</summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void A_file_is_followed_for_as_long_as_it_grows(string format)
    {
        var file = Make(format);
        var read = Reading.Of(new GrowingStream(file, (file.Length / 8) + 1), Follow);
        Assert.Equal((100, 0), (read.Facts.Packets, read.Facts.ProblemCount));
        Assert.Equal((format, 0), (read.Facts.Format, read.Facts.TotalBytes));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Following_ends_when_it_is_cancelled(string format)
    {
        using var cancel = new CancellationTokenSource();
        var file = Make(format);
        using var stream = new GrowingStream(file, file.Length / 2);
        stream.AtGrowth = cancel.Cancel;
        var read = Reading.Of(stream, new CaptureOptions { Follow = TimeSpan.FromDays(1), CancellationToken = cancel.Token });
        Assert.InRange(read.Facts.Packets, 0, 99);
        Assert.NotEmpty(read.Facts.Problems);
    }

    [Fact]
    public async Task A_file_on_disk_that_another_writes_is_read_to_its_end()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = Make("pcap");
            await File.WriteAllBytesAsync(path, bytes[..1_000], TestContext.Current.CancellationToken);
            var reading = Task.Run(() => Reading.Of(CaptureFile.Open(path, new CaptureOptions { Follow = TimeSpan.FromSeconds(3) })), TestContext.Current.CancellationToken);
            await using (var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
            {
                foreach (var part in bytes[1_000..].Chunk(3_000))
                {
                    await file.WriteAsync(part, TestContext.Current.CancellationToken);
                    await file.FlushAsync(TestContext.Current.CancellationToken);
                }
            }

            Assert.Equal(100, (await reading).Frames.Count);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_keeps_what_was_read()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = Make("pcap");
            // More than the buffer holds.
            File.WriteAllBytes(path, [.. bytes, .. Enumerable.Repeat(bytes[24..], 100).SelectMany(part => part)]);
            using var source = CaptureFile.Open(path);
            var batch = new FrameBatch();
            Assert.True(source.Read(batch));
            File.WriteAllBytes(path, []);
            while (source.Read(batch))
            {
            }

            Assert.InRange(source.Facts.Packets, 1, (100 * 101) - 1);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_pipe_is_read_until_it_is_closed(string format)
    {
        await using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        var reading = Task.Run(() => Reading.Of(client), TestContext.Current.CancellationToken);
        foreach (var part in Make(format).Chunk(700))
        {
            await server.WriteAsync(part, TestContext.Current.CancellationToken);
        }

        await server.DisposeAsync();
        var read = await reading;
        Assert.Equal((100, 0), (read.Facts.Packets, read.Facts.ProblemCount));
    }

    private static byte[] Make(string format)
    {
        var file = new MemoryStream();
        if (format == "latlab")
        {
            using var writer = new CompactWriter(file, "dev", "l3", 1);
            writer.Write([.. Enumerable.Range(0, 100).Select(i => new PacketRecord(i, (ulong)i, 0, 0))]);
            writer.Complete([], 0, null);
        }
        else
        {
            using IFrameSink writer = format == "pcap" ? new PcapWriter(file, 256) : new PcapngWriter(file, 256);
            for (var i = 0; i < 100; i++)
            {
                writer.Write(1_700_000_000_000_000_000 + i, new byte[90], 90);
            }
        }

        return file.ToArray();
    }
}

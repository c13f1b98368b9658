using System.Buffers.Binary;
using Latlab.Measurement.Analysis;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Tests.Identity;

namespace Latlab.Measurement.Tests.Clocks;

/// <summary>Where in a file the clock went back first.</summary>
public sealed class StepBackOffsetTests : IDisposable
{
    private const int Packets = 2_000;
    private const int First = 1_234;
    private const long StartNs = 1_700_000_000_000_000_000;
    private const long StepNs = 400_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-step-back-");

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, false, true)]
    [InlineData(false, true, false)]
    [InlineData(false, true, true)]
    [InlineData(true, false, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(true, true, true)]
    public void It_is_the_offset_of_the_record(bool pcapng, bool mixed, bool peeked)
    {
        var path = Write("capture", pcapng, mixed, 0);
        var frames = CaptureFile.Open(path);
        if (peeked)
        {
            // As of a pipe, whose frames are kept when they are looked at.
            var pipe = new PeekedSource(frames);
            using var look = pipe.Peek();
            var batch = new FrameBatch();
            while (look.Read(batch))
            {
            }

            frames = pipe;
        }

        using var source = new KeyedSource(frames, new PacketKeyer(new IdentityRule(IdentityPreset.L3), null));
        var records = new PacketRecord[FrameBatch.Capacity];
        while (source.Read(records) > 0)
        {
        }

        Assert.Equal(mixed ? Packets / 3 : 0, source.Facts.Unparsable);
        Assert.Equal(Offset(pcapng, mixed), source.Facts.FirstStepBackOffset);
        Assert.Equal(StampOf(First, 0), StampAt(path, pcapng, source.Facts.FirstStepBackOffset!.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_report_says_the_file_and_the_offset(bool pcapng)
    {
        var (before, after) = (Write("before", pcapng, mixed: true, 0), Write("after", pcapng, mixed: true, 5_000));
        using var pair = CapturePair.Open(before, after, new CaptureOptions(), new IdentityRule(IdentityPreset.L3));
        var clock = pair.Analyze(new AnalysisOptions { Match = new MatchOptions(10_000_000) }, "test").Clock!;
        var offset = Offset(pcapng, mixed: true);
        Assert.Equal((1L, offset, offset), (clock.StepsBackBefore, clock.FirstStepBackBeforeOffset, clock.FirstStepBackAfterOffset));
        var reason = Assert.Single(clock.Reasons, said => said.StartsWith("stamps went back", StringComparison.Ordinal));
        Assert.Contains($"(first after {clock.FirstStepBackBeforeNs}, at byte offset {offset} of {before})", reason, StringComparison.Ordinal);
        Assert.Contains($"(first after {clock.FirstStepBackAfterNs}, at byte offset {offset} of {after})", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_of_mscap_have_offsets_too_and_a_stamp_that_is_missing_is_no_step()
    {
        var bytes = new byte[12 * Packets];
        for (var i = 0; i < Packets; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(12 * i), i == 50 ? 0 : StampOf(i, 0));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((12 * i) + 8), i);
        }

        var (_, source) = CaptureFile.OpenStream(new MemoryStream(bytes), "file", new CaptureOptions { Mscap = true });
        var records = new PacketRecord[FrameBatch.Capacity];
        while (source!.Read(records) > 0)
        {
        }

        Assert.Equal(12L * First, source.Facts.FirstStepBackOffset);
    }

    [Fact]
    public void Disorder_of_less_than_a_millisecond_is_no_step()
    {
        var watch = new StepBackWatch();
        Assert.Equal(-1, watch.Find([StartNs, StartNs + 2_000_000, StartNs + 1_000_000]));
        Assert.Equal(-1, watch.Find([StartNs, StartNs + 2_000_000]));
        Assert.Equal(0, watch.Find([StartNs + 999_999]));
        Assert.True(watch.IsDone);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static long StampOf(int i, long latencyNs) => StartNs + (i * 1_000L) + latencyNs - (i >= First ? StepNs : 0);

    /// <summary>Every third frame of mixed ones has no identity.</summary>
    private static bool IsUnparsable(int i, bool mixed) => mixed && i % 3 == 2;

    private static byte[] FrameOf(int i, bool mixed)
    {
        var payload = new byte[mixed ? 18 + (i % 5) : 20];
        BinaryPrimitives.WriteInt32LittleEndian(payload, i);
        var frame = new TestFrame { Payload = payload, IpId = (ushort)i }.Build();
        // Too short for any identity.
        return IsUnparsable(i, mixed) ? frame[..10] : frame;
    }

    private static long Offset(bool pcapng, bool mixed) => Enumerable.Range(0, First)
        .Select(i => FrameOf(i, mixed).Length)
        .Aggregate(pcapng ? 28L + 32 : 24, (at, length) => at + (pcapng ? 32 + ((length + 3) / 4 * 4) : 16 + length));

    private static long StampAt(string path, bool pcapng, long offset)
    {
        var record = File.ReadAllBytes(path).AsSpan((int)offset);
        return pcapng
            ? ((long)BinaryPrimitives.ReadUInt32LittleEndian(record[12..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(record[16..])
            : (BinaryPrimitives.ReadUInt32LittleEndian(record) * 1_000_000_000L) + BinaryPrimitives.ReadUInt32LittleEndian(record[4..]);
    }

    private string Write(string name, bool pcapng, bool mixed, long latencyNs)
    {
        var path = Path.Combine(_folder.FullName, name);
        using IFrameSink sink = pcapng ? new PcapngWriter(File.Create(path), 256) : new PcapWriter(File.Create(path), 256);
        for (var i = 0; i < Packets; i++)
        {
            var frame = FrameOf(i, mixed);
            sink.Write(StampOf(i, latencyNs), frame, frame.Length);
        }

        return path;
    }
}

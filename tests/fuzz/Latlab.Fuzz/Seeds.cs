using System.IO.Compression;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Synthesis;
using ZstdSharp;

namespace Latlab.Fuzz;

/// <summary>A small real file of each format.</summary>
internal static class Seeds
{
    public static IReadOnlyList<(byte[] Bytes, bool Mscap)> All { get; } =
    [
        (Frames(stream => new PcapWriter(stream, 256)), false),
        (Frames(stream => new PcapWriter(stream, 256, microseconds: true)), false),
        (Frames(stream => new PcapWriter(stream, 256, bigEndian: true)), false),
        (Frames(stream => new PcapngWriter(stream, 256, drops: 2)), false),
        (Gzip(Frames(stream => new PcapWriter(stream, 256))), false),
        (Zstd(Frames(stream => new PcapngWriter(stream, 256))), false),
        (Records(), false),
        (Mscap(), true),
    ];

    private static byte[] Frames(Func<Stream, IFrameSink> writer)
    {
        var before = new MemoryStream();
        using (var sink = writer(before))
        using (var ignored = new PcapWriter(Stream.Null, 256))
        {
            SyntheticPair.Write(new SynthesisOptions { Packets = 12, Kind = SyntheticKind.Udp, Size = 90, Flows = 3 }, sink, ignored);
        }

        return before.ToArray();
    }

    private static byte[] Records()
    {
        using var frames = CaptureFile.OpenStream(new MemoryStream(Frames(stream => new PcapWriter(stream, 256))), "seed").Frames!;
        using var source = new KeyedSource(frames, new PacketKeyer(new IdentityRule(IdentityPreset.L3), new FlowTable()));
        var records = new PacketRecord[FrameBatch.Capacity];
        var file = new MemoryStream();
        using (var writer = new CompactWriter(file, "seed", "l3", 1))
        {
            for (var count = source.Read(records); count > 0; count = source.Read(records))
            {
                writer.Write(records.AsSpan(0, count));
            }

            writer.Complete(["a", "b", "c"], 0, 1);
        }

        return file.ToArray();
    }

    private static byte[] Mscap()
    {
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        for (var i = 0; i < 40; i++)
        {
            writer.Write(1_700_000_000_000_000_000L + i);
            writer.Write(i);
        }

        return file.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        var file = new MemoryStream();
        using (var stream = new GZipStream(file, CompressionLevel.Fastest))
        {
            stream.Write(bytes);
        }

        return file.ToArray();
    }

    private static byte[] Zstd(byte[] bytes)
    {
        var file = new MemoryStream();
        using (var stream = new CompressionStream(file))
        {
            stream.Write(bytes);
        }

        return file.ToArray();
    }
}

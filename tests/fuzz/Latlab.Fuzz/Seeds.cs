using System.IO.Compression;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Synthesis;
using Latlab.Measurement.Tests.Captures;
using ZstdSharp;

namespace Latlab.Fuzz;

/// <summary>A small real file of each format.</summary>
internal static class Seeds
{
    private static readonly CaptureOptions Usual = new();

    public static IReadOnlyList<Seed> All { get; } =
    [
        new(Frames(stream => new PcapWriter(stream, 256)), Usual),
        new(Frames(stream => new PcapWriter(stream, 256, microseconds: true)), Usual),
        new(Frames(stream => new PcapWriter(stream, 256, bigEndian: true)), Usual),
        new(Trailers(), new CaptureOptions { MoonSniffTrailer = true }),
        new(Frames(stream => new PcapngWriter(stream, 256) { Drops = 2 }), Usual),
        new(Blocks(), Usual),
        new(Gzip(Frames(stream => new PcapWriter(stream, 256))), Usual),
        new(Zstd(Frames(stream => new PcapngWriter(stream, 256))), Usual),
        new(Records(), Usual, HasChecksums: true),
        new(Mscap(), new CaptureOptions { Mscap = true, RepairWraps = true }),
    ];

    /// <summary>Every block of pcapng, in sections of both byte orders.</summary>
    private static byte[] Blocks()
    {
        var file = new PcapngFile();
        foreach (var bigEndian in new[] { false, true })
        {
            file.Section(bigEndian).Interface(resolution: 9).Interface(resolution: 0x94, offsetSeconds: 1_700_000_000).Interface(linkType: 113, snapLength: 96);
            for (var i = 0; i < 4; i++)
            {
                file.Enhanced(0, 1_700_000_000_000_000_000 + (ulong)i, new byte[60 + i]).Obsolete(1, (ulong)i, new byte[61]).Simple(new byte[62]).Enhanced(2, 1, new byte[63]);
            }

            file.Block(0x0BAD, [1, 2, 3, 4]).Statistics(0, 3, 4).Statistics(1, droppedBySystem: 5);
        }

        return file.Bytes;
    }

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

    private static byte[] Trailers()
    {
        var file = new MemoryStream();
        using (var writer = new PcapWriter(file, 256))
        {
            for (byte i = 0; i < 12; i++)
            {
                writer.Write(i, [.. new byte[60], i, 0xCD, 0x5B, 0x07, 0x2A, 0, 0, 0], 68);
            }
        }

        return file.ToArray();
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

/// <summary>A file to mutate.</summary>
/// <param name="Bytes">What is in it.</param>
/// <param name="Options">How it is read.</param>
/// <param name="HasChecksums">Whether it is a compact file, of whose mutations every other one gets right checksums again.</param>
internal sealed record Seed(byte[] Bytes, CaptureOptions Options, bool HasChecksums = false);

using System.IO.Compression;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Identity;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Synthesis;
using ZstdSharp;

namespace Latlab.Measurement.Tests.Analysis;

/// <summary>A synthetic pair in a folder of its own.</summary>
internal sealed class SyntheticCaptures : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latlab-synthetic-");

    /// <param name="options">What to make.</param>
    /// <param name="format">0: pcap, 1: pcap with microseconds, 2: big-endian pcap, 3: pcapng, 4: pcap in gzip, 5: pcapng in zstd.</param>
    public SyntheticCaptures(SynthesisOptions options, int format)
    {
        options = options with { Microseconds = format == 1 };
        using var before = Sink(Before, options, format);
        using var after = Sink(After, options, format);
        Truth = SyntheticPair.Write(options, before, after);
    }

    public string Before => Path.Combine(_folder.FullName, "before");

    public string After => Path.Combine(_folder.FullName, "after");

    public SyntheticTruth Truth { get; }

    /// <summary>All packets of the capture before, by the generator's identity.</summary>
    public PacketRecord[] RecordsBefore() => Records(Before);

    /// <summary>The same of the capture after.</summary>
    public PacketRecord[] RecordsAfter() => Records(After);

    public void Dispose() => _folder.Delete(recursive: true);

    private static PacketRecord[] Records(string path)
    {
        using var source = new KeyedSource(CaptureFile.Open(path, new CaptureOptions()), new PacketKeyer(new IdentityRule(IdentityPreset.Generator), new FlowTable()));
        List<PacketRecord> all = [];
        var records = new PacketRecord[FrameBatch.Capacity];
        for (var count = source.Read(records); count > 0; count = source.Read(records))
        {
            all.AddRange(records[..count]);
        }

        return [.. all];
    }

    private static IFrameSink Sink(string path, SynthesisOptions options, int format)
    {
        Stream stream = File.Create(path);
        stream = format switch { 4 => new GZipStream(stream, CompressionLevel.Fastest), 5 => new CompressionStream(stream, leaveOpen: false), _ => stream };
        return format is 3 or 5
            ? new PcapngWriter(stream, options.SnapLength) { Drops = 3 }
            : new PcapWriter(stream, options.SnapLength, format == 1, format == 2);
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using ZstdSharp;

namespace Latlab.Measurement.Captures;

/// <summary>Opens capture files. What a file is, its first bytes say, whatever its name.</summary>
public static class CaptureFile
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const uint ZstdMagic = 0xFD2FB528;
    private const ushort GzipMagic = 0x8B1F;

    /// <summary>Opens a capture for reading.</summary>
    /// <exception cref="CaptureFormatException">It is no capture, or of a kind that cannot be analysed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or it is a folder.</exception>
    public static IFrameSource Open(string path, CaptureOptions? options = null)
    {
        options ??= new CaptureOptions();
        var facts = new CaptureFacts { Name = path };
        var file = path == StandardInput ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
        facts.TotalBytes = file.CanSeek && options.Follow is null ? file.Length : 0;
        var bytes = new ByteSource(file, options.Follow is { } patience ? new Patience(patience, options.CancellationToken).Wait : null);
        try
        {
            bytes = Decompress(bytes, facts);
            return Detect(bytes, facts);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static ByteSource Decompress(ByteSource bytes, CaptureFacts facts)
    {
        if (!bytes.Ensure(4))
        {
            return bytes;
        }

        var zstd = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available) == ZstdMagic;
        if (!zstd && BinaryPrimitives.ReadUInt16LittleEndian(bytes.Available) != GzipMagic)
        {
            return bytes;
        }

        facts.Format = zstd ? "+zstd" : "+gzip";
        facts.TotalBytes = 0;
        var compressed = new ByteSourceStream(bytes);
        Stream plain = zstd ? new DecompressionStream(compressed, leaveOpen: false) : new GZipStream(compressed, CompressionMode.Decompress);
        return new ByteSource(new LenientStream(plain, facts));
    }

    private static IFrameSource Detect(ByteSource bytes, CaptureFacts facts)
    {
        if (!bytes.Ensure(1))
        {
            throw new CaptureFormatException($"{facts.Name}: offset 0: the file is empty; check that the capture was started and could write");
        }

        if (bytes.Ensure(4))
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available);
            if (PcapReader.IsMagic(magic))
            {
                facts.Format = "pcap" + facts.Format;
                return new PcapReader(bytes, facts);
            }

            if (magic == PcapngReader.SectionHeader)
            {
                facts.Format = "pcapng" + facts.Format;
                return new PcapngReader(bytes, facts);
            }
        }

        var start = Convert.ToHexString(bytes.Available[..Math.Min(4, bytes.Available.Length)]);
        throw new CaptureFormatException(
            $"{facts.Name}: offset 0: no capture starts with {start}; give a pcap or pcapng file, which may be compressed with gzip or zstd");
    }
}

using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using ZstdSharp;

namespace Latlab.Measurement.Captures;

/// <summary>Opens capture files. What a file is, its first bytes say, whatever its name.</summary>
public static class CaptureFile
{
    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    private const uint ZstdMagic = 0xFD2FB528;
    private const ushort GzipMagic = 0x8B1F;

    /// <summary>Frames without content (RFC 8878, section 3.1.2), of which pzstd writes one first; the last digit is free.</summary>
    private const uint ZstdSkippableMagic = 0x184D2A50;

    /// <summary>Opens a capture of frames for reading.</summary>
    /// <exception cref="CaptureFormatException">It is no capture of frames, or of a kind that cannot be analysed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IFrameSource Open(string path, CaptureOptions? options = null) => OpenAny(path, options) switch
    {
        (IFrameSource frames, _) => frames,
        (_, var records) => throw Refuse(records!),
    };

    /// <summary>Opens a capture for reading: frames, or packets whose keys were made when it was written.</summary>
    /// <exception cref="CaptureFormatException">It is no capture, or of a kind that cannot be analysed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static (IFrameSource? Frames, IRecordSource? Records) OpenAny(string path, CaptureOptions? options = null)
    {
        return OpenStream(OpenBytes(path, options?.CancellationToken ?? default), path, options);
    }

    /// <summary>Opens a file, a pipe or standard input, whatever is in it.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="cancellationToken">Ends waiting for a pipe's bytes.</param>
    internal static Stream OpenBytes(string path, CancellationToken cancellationToken)
    {
        if (path.Length == 0)
        {
            throw new CaptureFormatException("a capture's name is empty; give a file, or - for standard input");
        }

        if (Directory.Exists(path))
        {
            throw new CaptureFormatException($"{path}: a folder; give the capture file in it");
        }

        var stream = path == StandardInput ? Console.OpenStandardInput() : OpenFile(path, cancellationToken);
        return stream.CanSeek || !cancellationToken.CanBeCanceled || !OperatingSystem.IsLinux() ? stream
            : new PipeStream(stream, (stream as FileStream)?.SafeFileHandle ?? new SafeFileHandle(0, ownsHandle: false), cancellationToken);
    }

    /// <summary>A pipe without a writer is not open before it has one, and the kernel lets nobody end that: another thread waits then.</summary>
    private static FileStream OpenFile(string path, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            return Open();
        }

        var opening = Task.Factory.StartNew(Open, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Task.WaitAny([opening], cancellationToken);
        }
        catch (OperationCanceledException)
        {
            opening.ContinueWith(
                opened => opened.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw new CaptureFormatException($"{path}: interrupted before it could be opened; a pipe needs a program that writes to it");
        }

        return opening.GetAwaiter().GetResult();

        FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0);
    }

    /// <summary>Opens a capture that comes from a stream.</summary>
    /// <param name="stream">Where it comes from; owned.</param>
    /// <param name="name">What to call it.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="CaptureFormatException">It is no capture, or of a kind that cannot be analysed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static (IFrameSource? Frames, IRecordSource? Records) OpenStream(Stream stream, string name, CaptureOptions? options = null)
    {
        options ??= new CaptureOptions();
        var facts = new CaptureFacts { Name = name, TotalBytes = stream.CanSeek && options.Follow is null ? stream.Length : 0 };
        var bytes = new ByteSource(stream, options.Follow is { } most ? new Patience(most, options.CancellationToken) : null);
        try
        {
            bytes = Decompress(bytes, facts);
            return Detect(bytes, facts, options);
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

        var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available);
        var zstd = magic == ZstdMagic || (magic & 0xFFFF_FFF0) == ZstdSkippableMagic;
        if (!zstd && BinaryPrimitives.ReadUInt16LittleEndian(bytes.Available) != GzipMagic)
        {
            return bytes;
        }

        facts.Format = zstd ? "+zstd" : "+gzip";
        facts.TotalBytes = 0;
        var compressed = new ByteSourceStream(bytes);
        var plain = zstd ? new DecompressionStream(compressed, leaveOpen: false) : StrictGzip.Open(compressed);
        return new ByteSource(new LenientStream(plain, facts));
    }

    private static (IFrameSource? Frames, IRecordSource? Records) Detect(ByteSource bytes, CaptureFacts facts, CaptureOptions options)
    {
        if (!bytes.Ensure(1))
        {
            throw new CaptureFormatException(facts.Problems.Count > 0
                ? $"{facts.Name}: offset 0: {facts.Problems[0].Message}; copy or capture it again"
                : $"{facts.Name}: offset 0: the file is empty; check that the capture was started and could write");
        }

        if (options.Mscap)
        {
            RefuseOtherThanMscap(bytes, facts);
            facts.Format = "mscap" + facts.Format;
            facts.ResolutionNs = 1;
            return (null, new MscapReader(bytes, facts, options.RepairWraps));
        }

        if (bytes.Ensure(8) && BinaryPrimitives.ReadUInt64LittleEndian(bytes.Available) == CompactFormat.Magic)
        {
            facts.Format = "latlab" + facts.Format;
            return (null, new CompactReader(bytes, facts));
        }

        if (bytes.Ensure(4))
        {
            var magic = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available);
            if (PcapReader.IsMagic(magic))
            {
                facts.Format = "pcap" + facts.Format;
                return (Stamped(new PcapReader(bytes, facts)), null);
            }

            if (magic == PcapngBlocks.SectionHeader)
            {
                facts.Format = "pcapng" + facts.Format;
                return (Stamped(new PcapngReader(bytes, facts)), null);
            }
        }

        var start = Convert.ToHexString(bytes.Available[..Math.Min(4, bytes.Available.Length)]);
        throw new CaptureFormatException(
            $"{facts.Name}: offset 0: no capture starts with {start}; give a pcap, pcapng or latlab file, which may be compressed with gzip or zstd");

        IFrameSource Stamped(IFrameSource frames) => options.MoonSniffTrailer ? new MoonSniffTrailerSource(frames) : frames;
    }

    /// <summary>An mscap file has no magic: stamps would be made of anything.</summary>
    private static void RefuseOtherThanMscap(ByteSource bytes, CaptureFacts facts)
    {
        var magic = bytes.Ensure(4) ? BinaryPrimitives.ReadUInt32LittleEndian(bytes.Available) : 0;
        var isCompact = bytes.Ensure(8) && BinaryPrimitives.ReadUInt64LittleEndian(bytes.Available) == CompactFormat.Magic;
        if (isCompact || PcapReader.IsMagic(magic) || magic == PcapngBlocks.SectionHeader)
        {
            throw new CaptureFormatException($"{facts.Name}: offset 0: the file is {(isCompact ? "one of latlab's records" : "pcap or pcapng")} and not mscap; leave --mscap out");
        }
    }

    private static CaptureFormatException Refuse(IRecordSource records)
    {
        records.Dispose();
        return new CaptureFormatException($"{records.Facts.Name}: a file of records ({records.Facts.Format}), but frames are needed here");
    }
}

using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latlab.Cli.Terminal;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Results;
using Latlab.Measurement.Synthesis;
using ZstdSharp;

namespace Latlab.Cli.Synthesis;

/// <summary>Format of synthetic captures.</summary>
internal enum SyntheticFormat
{
    Pcap,
    PcapUs,
    PcapBe,
    Pcapng,
}

/// <summary>Compression of synthetic captures.</summary>
internal enum Compression
{
    None,
    Gzip,
    Zstd,
}

/// <summary>Writes a synthetic pair into a folder: each file whole or not at all.</summary>
internal static class SynthJob
{
    /// <exception cref="IOException">Something cannot be written.</exception>
    public static int Run(SynthesisOptions options, string folder, SyntheticFormat format, Compression compression, TextWriter output)
    {
        using var cancellation = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            cancellation.Cancel();
        });
        Directory.CreateDirectory(folder);
        var extension = (format == SyntheticFormat.Pcapng ? ".pcapng" : ".pcap")
            + compression switch { Compression.Gzip => ".gz", Compression.Zstd => ".zst", _ => "" };
        using var before = new AtomicFile(Path.Combine(folder, "before" + extension));
        using var after = new AtomicFile(Path.Combine(folder, "after" + extension));
        var departed = 0L;
        var progress = new ProgressBar(
            "writing", () => new ProgressState($"{departed:N0} packets", Math.Min(1, (double)departed / options.Packets)));
        SyntheticTruth truth;
        try
        {
            using var beforeSink = Sink(before.Stream);
            using var afterSink = Sink(after.Stream);
            truth = progress.Show(update => SyntheticPair.Write(
                options,
                beforeSink,
                afterSink,
                packets =>
                {
                    departed = packets;
                    update?.Invoke();
                },
                cancellation.Token));
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("latlab synth: interrupted: nothing was written");
            return Commands.Outcome.Failed;
        }

        before.Complete();
        after.Complete();
        AtomicFile.Write(
            Path.Combine(folder, "truth.json"),
            stream => JsonSerializer.Serialize(stream, new SynthesisReport(truth.Counters!, truth.LatencyNs, options), SynthesisJson.Default.SynthesisReport));
        output.WriteLine($"{before.Path}: {truth.Counters!.Before} packets");
        output.WriteLine($"{after.Path}: {truth.Counters.After} packets");
        return Commands.Outcome.Done;

        IFrameSink Sink(Stream file)
        {
            Stream stream = compression switch
            {
                Compression.Gzip => new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true),
                Compression.Zstd => new CompressionStream(file, level: 1, leaveOpen: true),
                _ => new KeepOpenStream(file),
            };
            return format == SyntheticFormat.Pcapng
                ? new PcapngWriter(stream, options.SnapLength) { Drops = 0 }
                : new PcapWriter(stream, options.SnapLength, format == SyntheticFormat.PcapUs, format == SyntheticFormat.PcapBe);
        }
    }
}

/// <summary><c>truth.json</c>.</summary>
internal sealed record SynthesisReport(Counters Counters, LatencyStatistics? LatencyNs, SynthesisOptions Options);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(SynthesisReport))]
internal sealed partial class SynthesisJson : JsonSerializerContext;

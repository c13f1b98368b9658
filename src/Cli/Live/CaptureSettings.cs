using Latlab.Measurement.Identity;

namespace Latlab.Cli.Live;

/// <summary>What is made of a live capture.</summary>
internal enum LiveFormat
{
    /// <summary>Files of frames, with what the capture missed.</summary>
    Pcapng,

    /// <summary>Files of frames, for programs that read nothing else: there is no place in them for what the capture missed.</summary>
    Pcap,

    /// <summary>Compact files of records.</summary>
    Records,
}

/// <summary>What <c>latlab capture</c> is to do.</summary>
internal sealed record CaptureSettings
{
    /// <summary>One device, or the ones before and after the device under test.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    /// <summary>Folder for one file a device; null to match what two devices see.</summary>
    public string? Folder { get; init; }

    public LiveFormat Format { get; init; }

    /// <summary>Null to find out, where two devices are matched; <c>l3</c> in files of records.</summary>
    public IdentityRule? Identity { get; init; }

    /// <summary>Where to write the result of matching as JSON, too; null for nowhere.</summary>
    public string? ResultFile { get; init; }

    /// <summary>What to call the result of matching.</summary>
    public string Name { get; init; } = "";

    /// <summary>What the user says that the result was made with.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string Filter { get; init; } = "";

    public int SnapLength { get; init; }

    public int BufferBytes { get; init; }

    public bool HardwareStamps { get; init; }

    /// <summary>Null until interrupted.</summary>
    public TimeSpan? Duration { get; init; }

    public required Latlab.Measurement.Analysis.AnalysisOptions Options { get; init; }
}

namespace Latlab.Measurement.Captures;

/// <summary>How to read a capture.</summary>
public sealed record CaptureOptions
{
    /// <summary>Wait at the end of a file for more, for at most this long without any; null to end there.</summary>
    public TimeSpan? Follow { get; init; }

    /// <summary>Take the stamps from MoonSniff's trailers.</summary>
    public bool MoonSniffTrailer { get; init; }

    /// <summary>The file is an mscap file, which has no magic.</summary>
    public bool Mscap { get; init; }

    /// <summary>Repair stamps of an mscap file that wrapped at 2³² ns.</summary>
    public bool RepairWraps { get; init; }

    /// <summary>Ends waiting.</summary>
    public CancellationToken CancellationToken { get; init; }
}

namespace Latlab.Measurement.Captures;

/// <summary>How to read a capture.</summary>
public sealed record CaptureOptions
{
    /// <summary>Wait at the end of a file for more, for at most this long without any; null to end there.</summary>
    public TimeSpan? Follow { get; init; }

    /// <summary>Ends waiting.</summary>
    public CancellationToken CancellationToken { get; init; }
}

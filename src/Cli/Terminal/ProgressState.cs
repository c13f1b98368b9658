using Latlab.Measurement.Captures;

namespace Latlab.Cli.Terminal;

/// <summary>How far something is at the moment.</summary>
/// <param name="Text">What there is so far.</param>
/// <param name="Fraction">How much of all, 0 to 1; null when nobody knows how much there will be.</param>
internal readonly record struct ProgressState(string Text, double? Fraction)
{
    /// <summary>
    /// Of captures that are read, by bytes. A capture's size is not known of a pipe, a compressed file or one that grows.
    /// </summary>
    public static ProgressState OfReading(IReadOnlyList<CaptureFacts> captures)
    {
        var read = captures.Sum(capture => capture.Bytes);
        var total = captures.Sum(capture => capture.TotalBytes);
        return new ProgressState(
            $"{captures.Sum(capture => capture.Packets):N0} packets",
            captures.Any(capture => capture.TotalBytes == 0) ? null : Math.Min(1, (double)read / total));
    }

    /// <summary>Of a live capture, by time; until it is interrupted where <paramref name="duration"/> is null.</summary>
    public static ProgressState OfCapturing(long packets, long missed, TimeSpan elapsed, TimeSpan? duration) =>
        new($"{packets:N0} packets, {missed:N0} dropped", duration is null ? null : Math.Min(1, elapsed / duration.Value));
}

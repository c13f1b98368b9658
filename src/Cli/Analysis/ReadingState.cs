using Latlab.Measurement.Captures;

namespace Latlab.Cli.Analysis;

/// <summary>How far captures are read at the moment.</summary>
/// <param name="Text">What there is so far.</param>
/// <param name="Fraction">Bytes read of all, 0 to 1; null when a capture's size is not known: of a pipe, a compressed file or one that grows.</param>
internal readonly record struct ReadingState(string Text, double? Fraction)
{
    public static ReadingState Of(IReadOnlyList<CaptureFacts> captures)
    {
        var read = captures.Sum(capture => capture.Bytes);
        var total = captures.Sum(capture => capture.TotalBytes);
        return new ReadingState(
            $"{captures.Sum(capture => capture.Packets):N0} packets",
            captures.Any(capture => capture.TotalBytes == 0) ? null : Math.Min(1, (double)read / total));
    }
}

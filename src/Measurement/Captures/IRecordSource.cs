using Latlab.Measurement.Matching;

namespace Latlab.Measurement.Captures;

/// <summary>Packets as one tap saw them, known by their keys, in the order of capture.</summary>
public interface IRecordSource : IDisposable
{
    /// <summary>What is known of the capture so far; its counts grow while it is read.</summary>
    public CaptureFacts Facts { get; }

    /// <summary>
    /// Fills the start of <paramref name="records"/> with the next packets and returns their number; 0 at the end, and not before. At least
    /// <see cref="FrameBatch.Capacity"/> records long.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public int Read(Span<PacketRecord> records);
}

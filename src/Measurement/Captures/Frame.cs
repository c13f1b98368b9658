namespace Latlab.Measurement.Captures;

/// <summary>Where a frame is in its batch, and what the capture says of it.</summary>
/// <param name="TimeNs">When it was captured, in nanoseconds since 1970.</param>
/// <param name="Offset">Index of its first byte in <see cref="FrameBatch.Bytes"/>.</param>
/// <param name="Length">Bytes that the capture kept.</param>
/// <param name="WireLength">Bytes that it had on the wire, as the capture says; never to be relied on for the bytes that are there.</param>
public readonly record struct Frame(long TimeNs, int Offset, int Length, int WireLength);

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Latlab.Measurement.Captures;

/// <summary>A record's header as it lies in a pcap file (draft-ietf-opsawg-pcap), and whether it makes sense.</summary>
/// <param name="Second">Seconds since 1970.</param>
/// <param name="Fraction">Micro- or nanoseconds.</param>
/// <param name="Length">Bytes that follow.</param>
/// <param name="WireLength">Bytes that the frame had.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PcapRecordHeader(uint Second, uint Fraction, uint Length, uint WireLength)
{
    public const int Size = 16;

    /// <summary>Between two packets of a capture there is hardly more; between what is read out of place there nearly always is.</summary>
    public const int FarSeconds = 3600;

    /// <summary>The header at the start of <paramref name="bytes"/>.</summary>
    public static PcapRecordHeader Of(ReadOnlySpan<byte> bytes, bool swapped)
    {
        var header = MemoryMarshal.Read<PcapRecordHeader>(bytes);
        return !swapped ? header : new PcapRecordHeader(
            BinaryPrimitives.ReverseEndianness(header.Second),
            BinaryPrimitives.ReverseEndianness(header.Fraction),
            BinaryPrimitives.ReverseEndianness(header.Length),
            BinaryPrimitives.ReverseEndianness(header.WireLength));
    }

    /// <summary>Whether a record can have it. All zeros is what a file system leaves where a write never came: no frame is empty.</summary>
    public bool IsPossible(uint unitsPerSecond) =>
        Fraction < unitsPerSecond && Length is > 0 and <= PcapReader.LongestFrame && WireLength <= int.MaxValue;

    /// <summary>
    /// Whether it holds more than was on the wire: so do some files from end to end, and so does a length that was damaged.
    /// </summary>
    public bool IsDoubtful => Length > WireLength;

    /// <summary>Whether its time is within an hour of <paramref name="second"/>.</summary>
    public bool IsNear(long second) => Math.Abs(Second - second) <= FarSeconds;
}

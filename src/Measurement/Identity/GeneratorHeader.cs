using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Latlab.Measurement.Identity;

/// <summary>
/// What the generator writes at the start of each UDP payload: magic (2 bytes), version and kind (4 bits each), a reserved byte, run id
/// (4), flow (2), sequence (8), in network order. It fits the 18 bytes of payload that a 64-byte Ethernet frame has.
/// </summary>
/// <param name="Kind">What the packet is for.</param>
/// <param name="RunId">Tells one run's packets from another's.</param>
/// <param name="Flow">Index of the flow, from 0.</param>
/// <param name="Sequence">Number of the packet within its flow and kind, from 0.</param>
public readonly record struct GeneratorHeader(PacketKind Kind, uint RunId, ushort Flow, ulong Sequence)
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 18;

    /// <summary>First two bytes, "LL".</summary>
    public const ushort Magic = 0x4C4C;

    internal const int Version = 1;

    /// <summary>Writes the header to the start of <paramref name="payload"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="payload"/> is shorter than <see cref="Length"/>.</exception>
    public void Write(Span<byte> payload)
    {
        // Last first: one bounds check for all.
        BinaryPrimitives.WriteUInt64BigEndian(payload[10..18], Sequence);
        BinaryPrimitives.WriteUInt16BigEndian(payload, Magic);
        payload[2] = (byte)((Version << 4) | (int)Kind);
        payload[3] = 0;
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], RunId);
        BinaryPrimitives.WriteUInt16BigEndian(payload[8..], Flow);
    }

    /// <summary>Reads the header from the start of <paramref name="payload"/>; false when there is none of this version.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> payload, out GeneratorHeader header)
    {
        if (payload.Length < Length
            || BinaryPrimitives.ReadUInt16BigEndian(payload) != Magic
            || payload[2] >> 4 != Version
            || (payload[2] & 0xF) > (int)PacketKind.Probe)
        {
            header = default;
            return false;
        }

        header = new GeneratorHeader(
            (PacketKind)(payload[2] & 0xF),
            BinaryPrimitives.ReadUInt32BigEndian(payload[4..]),
            BinaryPrimitives.ReadUInt16BigEndian(payload[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(payload[10..]));
        return true;
    }
}

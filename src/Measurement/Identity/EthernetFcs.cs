using System.Buffers.Binary;

namespace Latlab.Measurement.Identity;

/// <summary>
/// The frame check sequence of Ethernet: CRC-32, reflected polynomial 0xEDB88320 (IEEE 802.3 §3.2.9), sent low byte first.
/// </summary>
internal static class EthernetFcs
{
    private static readonly uint[] Table = MakeTable();

    /// <summary>Whether the last four bytes are the CRC of those before them. By chance they are once in four billion frames.</summary>
    public static bool IsAtEndOf(ReadOnlySpan<byte> frame) =>
        frame.Length > 4 && Of(frame[..^4]) == BinaryPrimitives.ReadUInt32LittleEndian(frame[^4..]);

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = (crc >> 8) ^ Table[(byte)(crc ^ value)];
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
            }

            table[i] = crc;
        }

        return table;
    }
}

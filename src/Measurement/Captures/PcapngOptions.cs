using System.Buffers.Binary;

namespace Latlab.Measurement.Captures;

/// <summary>The options at the end of a pcapng block.</summary>
internal static class PcapngOptions
{
    private const ushort EndOfOptions = 0;

    /// <summary>Each option's code and value; ends where they make no sense.</summary>
    public static IEnumerable<(ushort Code, byte[] Value)> Of(byte[] options, bool swapped)
    {
        for (var at = 0; at + 4 <= options.Length;)
        {
            var code = Half(options, at, swapped);
            var length = Half(options, at + 2, swapped);
            if (code == EndOfOptions || at + 4 + length > options.Length)
            {
                yield break;
            }

            yield return (code, options[(at + 4)..(at + 4 + length)]);
            at += 4 + ((length + 3) & ~3);
        }
    }

    /// <summary>
    /// Frames that an interface missed, as the options of its statistics say: by itself and by the system; null if they say nothing.
    /// </summary>
    public static long? Drops(ReadOnlySpan<byte> options, bool swapped)
    {
        const ushort droppedByInterface = 5;
        const ushort droppedBySystem = 7;
        long? byInterface = null;
        long? bySystem = null;
        foreach (var (code, value) in Of(options.ToArray(), swapped))
        {
            if (value.Length != sizeof(long))
            {
                continue;
            }

            // Damaged ones must not overflow their sum.
            var count = Math.Clamp(swapped ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value), 0, long.MaxValue / 2);
            byInterface = code == droppedByInterface ? count : byInterface;
            bySystem = code == droppedBySystem ? count : bySystem;
        }

        return byInterface is null && bySystem is null ? null : (byInterface ?? 0) + (bySystem ?? 0);
    }

    private static ushort Half(byte[] bytes, int offset, bool swapped) => swapped
        ? BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(offset))
        : BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(offset));
}

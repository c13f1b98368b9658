using System.Buffers.Binary;
using System.Numerics;

namespace Latlab.Measurement.Captures;

/// <summary>Writes and reads columns of a compact file: whichever encoding is shortest.</summary>
internal static class CompactColumns
{
    /// <summary>Writes a column; returns its length in bytes.</summary>
    /// <param name="values">The values.</param>
    /// <param name="width">Bytes of a whole value: 2, 4 or 8.</param>
    /// <param name="target">Where to; room for all of them whole and 16 bytes more.</param>
    public static int Write(ReadOnlySpan<ulong> values, int width, Span<byte> target)
    {
        if (!values.ContainsAnyExcept(values[0]))
        {
            target[0] = (byte)CompactFormat.Encoding.Constant;
            BinaryPrimitives.WriteUInt64LittleEndian(target[1..], values[0]);
            return 1 + width;
        }

        var rises = Rises(values);
        if (LengthOfDeltas(values, rises) > (long)width * values.Length)
        {
            return WriteRaw(values, width, target);
        }

        target[0] = (byte)(rises ? CompactFormat.Encoding.Rise : CompactFormat.Encoding.Delta);
        var at = 1;
        var previous = 0UL;
        foreach (var value in values)
        {
            var rest = Delta(value, previous, rises);
            for (; rest >= 0x80; rest >>= 7)
            {
                target[at++] = (byte)(rest | 0x80);
            }

            target[at++] = (byte)rest;
            previous = value;
        }

        return at;
    }

    /// <summary>Reads a column; returns its length in bytes, or -1 when it makes no sense.</summary>
    public static int Read(ReadOnlySpan<byte> source, int width, Span<ulong> values)
    {
        if (source.IsEmpty)
        {
            return -1;
        }

        var body = source[1..];
        switch ((CompactFormat.Encoding)source[0])
        {
            case CompactFormat.Encoding.Constant when body.Length >= width:
                values.Fill(Whole(body, width));
                return 1 + width;
            case CompactFormat.Encoding.Raw when body.Length >= (long)width * values.Length:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = Whole(body[(i * width)..], width);
                }

                return 1 + (width * values.Length);
            case CompactFormat.Encoding.Delta:
                return ReadDeltas(body, values, zigzag: true);
            case CompactFormat.Encoding.Rise:
                return ReadDeltas(body, values, zigzag: false);
            default:
                return -1;
        }
    }

    /// <summary>What is written of a value after another: their difference, which is a zigzag number unless values never fall.</summary>
    private static ulong Delta(ulong value, ulong previous, bool rises)
    {
        var difference = value - previous;
        return rises ? difference : (difference << 1) ^ (ulong)((long)difference >> 63);
    }

    private static long LengthOfDeltas(ReadOnlySpan<ulong> values, bool rises)
    {
        const int bitsOfByte = 7;
        var length = 0L;
        var previous = 0UL;
        foreach (var value in values)
        {
            length += (BitOperations.Log2(Delta(value, previous, rises) | 1) / bitsOfByte) + 1;
            previous = value;
        }

        return length;
    }

    private static bool Rises(ReadOnlySpan<ulong> values)
    {
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] < values[i - 1])
            {
                return false;
            }
        }

        return true;
    }

    private static int WriteRaw(ReadOnlySpan<ulong> values, int width, Span<byte> target)
    {
        target[0] = (byte)CompactFormat.Encoding.Raw;
        for (var i = 0; i < values.Length; i++)
        {
            // The bytes too many are overwritten by the next value.
            BinaryPrimitives.WriteUInt64LittleEndian(target[(1 + (i * width))..], values[i]);
        }

        return 1 + (width * values.Length);
    }

    private static int ReadDeltas(ReadOnlySpan<byte> body, Span<ulong> values, bool zigzag)
    {
        var at = 0;
        var value = 0UL;
        for (var i = 0; i < values.Length; i++)
        {
            var delta = 0UL;
            for (var shift = 0; ; shift += 7)
            {
                if (at == body.Length || shift > 63)
                {
                    return -1;
                }

                var part = body[at++];
                delta |= (ulong)(part & 0x7F) << shift;
                if (part < 0x80)
                {
                    break;
                }
            }

            value += zigzag ? (delta >> 1) ^ (0 - (delta & 1)) : delta;
            values[i] = value;
        }

        return 1 + at;
    }

    private static ulong Whole(ReadOnlySpan<byte> bytes, int width) => width switch
    {
        2 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
    };
}

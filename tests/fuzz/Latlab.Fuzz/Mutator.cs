using System.Buffers.Binary;
using System.Numerics;

namespace Latlab.Fuzz;

/// <summary>Makes damaged files of sound ones: by bits, bytes, magics and lengths, cuts, splices, zeros and noise.</summary>
internal static class Mutator
{
    private const int BlockHeader = 12;

    private static readonly uint[] Magics =
        [0xA1B2C3D4, 0xA1B23C4D, 0xD4C3B2A1, 0x4D3CB2A1, 0x0A0D0D0A, 0x1A2B3C4D, 0xFD2FB528, 0x00088B1F, 0x53434552, 0, 0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 16, 262144, 262145];

    public static byte[] Mutate(byte[] bytes, Random random)
    {
        var mutated = bytes.ToArray();
        for (var left = 1 + random.Next(4); left > 0 && mutated.Length > 0; left--)
        {
            var at = random.Next(mutated.Length);
            switch (random.Next(7))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2 when at + 4 <= mutated.Length:
                    BinaryPrimitives.WriteUInt32LittleEndian(mutated.AsSpan(at), Magics[random.Next(Magics.Length)]);
                    break;
                case 3:
                    mutated = mutated[..at];
                    break;
                case 4:
                    mutated = [.. mutated[..at], .. mutated[random.Next(mutated.Length)..]];
                    break;
                case 5:
                    mutated.AsSpan(at).Clear();
                    break;
                default:
                    var noise = new byte[random.Next(64)];
                    random.NextBytes(noise);
                    mutated = [.. mutated[..at], .. noise, .. mutated[at..]];
                    break;
            }
        }

        return mutated;
    }

    /// <summary>
    /// Makes the checksums of a compact file's blocks right, as far as its lengths lead: else hardly any damage got past them.
    /// </summary>
    public static void MakeChecksumsRight(byte[] file)
    {
        for (var at = sizeof(ulong); at + BlockHeader <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            if (length < 0 || length > file.Length - at - BlockHeader)
            {
                return;
            }

            var crc = 0xFFFF_FFFF;
            foreach (var value in file.AsSpan(at, 8))
            {
                crc = BitOperations.Crc32C(crc, value);
            }

            foreach (var value in file.AsSpan(at + BlockHeader, length))
            {
                crc = BitOperations.Crc32C(crc, value);
            }

            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at + 8), ~crc);
            at += BlockHeader + length;
        }
    }
}

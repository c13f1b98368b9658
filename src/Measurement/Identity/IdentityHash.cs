using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Two independent hashes of the bytes that an identity covers: 64 bits by multiplying and folding, where each bit of input changes half of
/// the output, and 32 bits by CRC-32C (RFC 3720 §12.1), which no change of up to 32 bits in a row leaves as it was. The bytes are taken as
/// little-endian words of 64 bits, filled up with zeros to a multiple of 16 bytes. Compact files hold the results: never change them.
/// </summary>
internal static class IdentityHash
{
    // First digits of pi after the point: numbers without a pattern and without a secret.
    private const ulong PiA = 0x243F6A8885A308D3;
    private const ulong PiB = 0x13198A2E03707344;
    private const ulong PiC = 0xA4093822299F31D0;
    private const ulong PiD = 0x082EFA98EC4E6C89;

    /// <summary>The key before the first word.</summary>
    public const ulong StartOfKey = PiD;

    /// <summary>The check before the first word.</summary>
    /// <param name="length">Length of what is hashed, as the packet says: also of what the capture cut off.</param>
    public static uint StartOfCheck(int length) => ~(uint)length;

    /// <summary>The key with 16 more bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong AddToKey(ulong key, ulong first, ulong second) => Fold(first ^ PiA, second ^ key);

    /// <summary>The check with 16 more bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint AddToCheck(uint check, ulong first, ulong second) =>
        BitOperations.Crc32C(BitOperations.Crc32C(check, first), second);

    /// <summary>The key after the last word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong EndOfKey(ulong key, int length) => Fold(key ^ PiB, (ulong)length ^ PiC);

    /// <summary>Both hashes of <paramref name="bytes"/>, in the simplest way.</summary>
    public static (ulong Key, uint Check) Of(ReadOnlySpan<byte> bytes, int length)
    {
        var key = StartOfKey;
        var check = StartOfCheck(length);
        Span<byte> words = stackalloc byte[16];
        for (; !bytes.IsEmpty; bytes = bytes[Math.Min(words.Length, bytes.Length)..])
        {
            words.Clear();
            bytes[..Math.Min(words.Length, bytes.Length)].CopyTo(words);
            var first = BinaryPrimitives.ReadUInt64LittleEndian(words);
            var second = BinaryPrimitives.ReadUInt64LittleEndian(words[8..]);
            key = AddToKey(key, first, second);
            check = AddToCheck(check, first, second);
        }

        return (EndOfKey(key, length), check);
    }

    // The lower half by a multiplication of its own: Math.BigMul hands it over through memory, on the path from word to word.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b) =>
        (Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(a, b) : Math.BigMul(a, b, out _)) ^ (a * b);
}

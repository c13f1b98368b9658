using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Latlab.Measurement.Identity;

/// <summary>
/// Two independent hashes of the bytes that an identity covers: 64 bits by multiplying and folding, where each bit of input changes half of the
/// output, and 32 bits by CRC-32C (RFC 3720 §12.1), which no change of up to 32 bits in a row leaves as it was. The bytes are taken as little-endian
/// words of 64 bits, filled up with zeros to a multiple of 16 bytes. Compact files hold the results: never change them.
/// </summary>
internal struct IdentityHash
{
    // First digits of pi after the point: numbers without a pattern and without a secret.
    private const ulong PiA = 0x243F6A8885A308D3;
    private const ulong PiB = 0x13198A2E03707344;
    private const ulong PiC = 0xA4093822299F31D0;
    private const ulong PiD = 0x082EFA98EC4E6C89;

    private readonly ulong _length;
    private ulong _key;
    private uint _check;

    /// <summary>Starts a hash.</summary>
    /// <param name="length">Length of what is hashed, as the packet says: also of what the capture cut off.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public IdentityHash(int length)
    {
        _length = (ulong)length;
        _key = PiD;
        _check = ~(uint)length;
    }

    public readonly uint Check => _check;

    public readonly ulong Key => Fold(_key ^ PiB, _length ^ PiC);

    /// <summary>Adds 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong first, ulong second)
    {
        _key = Fold(first ^ PiA, second ^ _key);
        _check = BitOperations.Crc32C(BitOperations.Crc32C(_check, first), second);
    }

    /// <summary>Adds the last bytes, all of them in the simplest way.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 16; bytes = bytes[16..])
        {
            Add(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
        }

        if (!bytes.IsEmpty)
        {
            Span<byte> filled = stackalloc byte[16];
            filled.Clear();
            bytes.CopyTo(filled);
            Add(BinaryPrimitives.ReadUInt64LittleEndian(filled), BinaryPrimitives.ReadUInt64LittleEndian(filled[8..]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }
}

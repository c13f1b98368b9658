using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Latlab.Measurement.Identity;

/// <summary>Eight bytes of a frame as a number: what the fast keyers compare and hash, without a bounds check of its own.</summary>
internal static class FrameWord
{
    /// <summary>The bytes at <paramref name="at"/>, the first of them lowest. The caller has seen that all eight are there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ref byte start, int at)
    {
        var word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));
        return BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
    }
}

using System.Buffers.Binary;

namespace Latlab.NodeAgent.Noise;

/// <summary>System management interrupts since the last reset: MSR_SMI_COUNT (0x34) of Intel's processors (Intel SDM vol. 4).</summary>
internal static class SmiCounter
{
    private const long Register = 0x34;

    /// <summary>The count; null when the msr module, the right, or the register is missing.</summary>
    public static long? Read(int cpu)
    {
        try
        {
            using var file = File.OpenHandle($"/dev/cpu/{cpu}/msr");
            Span<byte> value = stackalloc byte[8];
            return RandomAccess.Read(file, value, Register) == value.Length ? BinaryPrimitives.ReadUInt32LittleEndian(value) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }
}

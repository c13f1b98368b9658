using System.Globalization;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Noise;

/// <summary>System management interrupts since the last reset: MSR_SMI_COUNT (0x34) of Intel's processors (Intel SDM vol. 4).</summary>
internal static class SmiCounter
{
    private const long Register = 0x34;

    /// <summary>
    /// The count; null when the msr module, the right, or the register is missing. Of the host's device: a container's own <c>/dev</c> has
    /// none, and the host's gets one when the module is loaded.
    /// </summary>
    public static long? Read(IHost host, int cpu) =>
        host.ReadRegister(string.Create(CultureInfo.InvariantCulture, $"/dev/cpu/{cpu}/msr"), Register) is { } value ? (uint)value : null;
}

using System.Runtime.InteropServices;

namespace Latlab.NodeAgent.Noise;

/// <summary>The calling thread as the kernel knows it.</summary>
internal static partial class CpuThread
{
    private const int BytesOfMask = 1024;

    /// <summary>Keeps the calling thread on a CPU.</summary>
    /// <exception cref="IOException">The CPU does not exist, is offline, or this process may not run on it.</exception>
    public static void Pin(int cpu)
    {
        Span<byte> mask = stackalloc byte[BytesOfMask];
        mask.Clear();
        mask[cpu / 8] = (byte)(1 << (cpu % 8));
        if (SetAffinity(0, BytesOfMask, ref MemoryMarshal.GetReference(mask)) != 0)
        {
            throw new IOException(
                $"this process cannot run on CPU {cpu}: {Marshal.GetLastPInvokeErrorMessage()}; is it online, and in this process's control group (cpuset)?");
        }
    }

    /// <summary>Number by which <c>/proc/self/task</c> has it.</summary>
    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int Id();

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, ref byte mask);
}

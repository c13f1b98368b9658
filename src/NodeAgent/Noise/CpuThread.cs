using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Latlab.NodeAgent.Noise;

/// <summary>The calling thread as the kernel knows it.</summary>
internal static partial class CpuThread
{
    private const int BytesOfMask = 1024;
    private static readonly ConcurrentDictionary<int, bool> Pinned = [];

    /// <summary>Whether a thread is where it shall be, isolated CPU or not.</summary>
    public static bool IsPinned(int thread) => Pinned.ContainsKey(thread);

    /// <summary>Keeps the calling thread on a CPU, and what keeps the agent's threads elsewhere from it until that is disposed of.</summary>
    /// <exception cref="IOException">The CPU does not exist, is offline, or this process may not run on it.</exception>
    public static IDisposable Pin(int cpu)
    {
        var pin = new Unpinning(Id());
        Span<byte> mask = stackalloc byte[BytesOfMask];
        mask.Clear();
        mask[cpu / 8] = (byte)(1 << (cpu % 8));
        if (SetAffinity(0, BytesOfMask, ref MemoryMarshal.GetReference(mask)) != 0)
        {
            pin.Dispose();
            throw new IOException(
                $"this process cannot run on CPU {cpu}: {Marshal.GetLastPInvokeErrorMessage()}; is it online, and in this process's control group (cpuset)?");
        }

        return pin;
    }

    /// <summary>Number by which <c>/proc/self/task</c> has it.</summary>
    [LibraryImport("libc", EntryPoint = "gettid")]
    public static partial int Id();

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int thread, nint size, ref byte mask);

    private sealed class Unpinning : IDisposable
    {
        private readonly int _thread;

        public Unpinning(int thread)
        {
            _thread = thread;
            Pinned[thread] = true;
        }

        public void Dispose() => Pinned.TryRemove(_thread, out _);
    }
}

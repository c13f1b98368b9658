using System.Runtime.InteropServices;

namespace Latlab.NodeAgent.Host;

/// <summary>sched_setaffinity(2) for threads of the host's kernel and for the agent's own.</summary>
internal static partial class Scheduler
{
    private const int BitsPerWord = 64;
    private const int NoSuchProcess = 3;

    /// <summary>
    /// Says where a thread may run. A process ID is one of the caller's namespace: only where the kernel's own threads are to be seen, it
    /// is the host's. Returns the system's word when that failed, otherwise null.
    /// </summary>
    public static string? SetCpus(int process, string name, IReadOnlyList<int> cpus)
    {
        if (Name(2) != "kthreadd")
        {
            return "the agent does not see the host's process IDs; set agent.hostPID in the chart's values";
        }

        // IDs come again: it may be another one by now.
        if (Name(process) != name)
        {
            return null;
        }

        return Set(process, cpus);
    }

    /// <summary>
    /// Says where a thread of this process may run; nothing happens when it has ended. Returns the system's word when that failed,
    /// otherwise null.
    /// </summary>
    public static string? SetOwnCpus(int thread, IReadOnlyList<int> cpus) => Directory.Exists($"/proc/self/task/{thread}") ? Set(thread, cpus) : null;

    private static string? Set(int thread, IReadOnlyList<int> cpus)
    {
        var mask = new ulong[(cpus.Max() / BitsPerWord) + 1];
        foreach (var cpu in cpus)
        {
            mask[cpu / BitsPerWord] |= 1UL << (cpu % BitsPerWord);
        }

        var isSet = SetAffinity(thread, (nuint)(mask.Length * sizeof(ulong)), mask) == 0;
        return isSet || Marshal.GetLastPInvokeError() == NoSuchProcess ? null : Marshal.GetLastPInvokeErrorMessage();
    }

    private static string? Name(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static partial int SetAffinity(int process, nuint size, ulong[] mask);
}

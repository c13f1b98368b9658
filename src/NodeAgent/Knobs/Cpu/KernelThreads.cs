using System.Globalization;
using Latlab.Crds;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Named;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>A thread of the kernel.</summary>
/// <param name="Process">Its process ID.</param>
/// <param name="Name">Its name; threads may share one.</param>
/// <param name="MayBeMoved">Whether the kernel lets anybody say where it runs.</param>
internal sealed record KernelThread(int Process, string Name, bool MayBeMoved)
{
    /// <summary>The name as journal and ledger have it: "UVM global queue" is <c>UVM_global_queue</c> there.</summary>
    public string Label => NamedValues.Holdable(Name);
}

/// <summary>Threads of the kernel, from <c>/proc</c>.</summary>
internal static class KernelThreads
{
    private const int Parent = 2;
    private const string ParentName = "kthreadd";

    /// <summary>PF_NO_SETAFFINITY of <c>include/linux/sched.h</c>: bound to a CPU, or a worker that the workqueues move.</summary>
    private const ulong NoSetAffinity = 0x0400_0000;

    // In /proc/PID/stat after the name in parentheses: state, parent, group, session, terminal, its group, flags (proc_pid_stat(5)).
    private const int ParentField = 1;
    private const int FlagsField = 6;

    /// <summary>Why they cannot be seen; null when they can.</summary>
    public static KnobReading? Obstacle(IHost host) => host.Read($"/proc/{Parent}/comm") switch
    {
        { Text: ParentName } => null,
        { Problem: { } problem } => KnobReading.Failed($"/proc/{Parent}/comm: {problem}"),
        _ => KnobReading.Unsupported($"/proc/{Parent} is not {ParentName}: these are the processes of a container and not the host's; run the agent with the host's /proc and process IDs (agent.hostPID in the chart's values)"),
    };

    /// <summary>All but those of interrupts, which cpu.irqAffinity is about.</summary>
    public static IReadOnlyList<KernelThread> All(IHost host) =>
    [
        .. Processes(host)
            .Select(process => Parse(host.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat")).Text, process))
            .OfType<KernelThread>()
            .Where(thread => !thread.Name.StartsWith("irq/", StringComparison.Ordinal)),
    ];

    /// <summary>The same, looked for once a look.</summary>
    public static IReadOnlyList<KernelThread> In(HostView host) => host.Once(typeof(KernelThreads), () => All(host.Files));

    public static IReadOnlyList<int> Cpus(IHost host, KernelThread thread)
    {
        const string field = "Cpus_allowed_list:";
        var status = host.Read(string.Create(CultureInfo.InvariantCulture, $"/proc/{thread.Process}/status")).Text ?? "";
        var line = status.Split('\n').FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return CpuList.TryParse(line?[field.Length..].Trim(), out var cpus) ? cpus : [];
    }

    /// <summary>Children of the kernel's first thread, and itself. Without CONFIG_PROC_CHILDREN every process must be looked at.</summary>
    private static IEnumerable<int> Processes(IHost host)
    {
        var children = host.Read($"/proc/{Parent}/task/{Parent}/children").Text?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (children?.Append($"{Parent}") ?? host.List("/proc"))
            .Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var process) ? process : 0)
            .Where(process => process > 0);
    }

    private static KernelThread? Parse(string? stat, int process)
    {
        // A name may have blanks and parentheses in it.
        var start = stat?.IndexOf('(', StringComparison.Ordinal) ?? -1;
        var end = stat?.LastIndexOf(')') ?? -1;
        if (start < 0 || end < start)
        {
            return null;
        }

        var fields = stat![(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > FlagsField
            && (process == Parent || fields[ParentField] == $"{Parent}")
            && ulong.TryParse(fields[FlagsField], NumberStyles.None, CultureInfo.InvariantCulture, out var flags)
            ? new(process, stat[(start + 1)..end], (flags & NoSetAffinity) == 0)
            : null;
    }
}

using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Knobs.Cpu;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What a kernel shows of which CPUs it leaves alone.</summary>
internal static class CpuProofs
{
    private const string Isolated = "/sys/devices/system/cpu/isolated";
    private const string DefaultMask = "/proc/irq/default_smp_affinity";
    private const string First = "/proc/1/status";
    private const string Allowed = "Cpus_allowed_list:";
    private const string Threads = "/proc/*/comm";
    private const string Callbacks = "rcuo";

    /// <summary>
    /// Scheduling domains by one file, CPUs without a tick by another; of managed_irq alone nothing shows. Without any of these flags
    /// domain is meant (<c>housekeeping_isolcpus_setup</c> in <c>kernel/sched/isolation.c</c>).
    /// </summary>
    public static readonly Proof Isolation = new($"{Isolated}, with the flag nohz {BootFeature.NoHzFull}", (host, argument) =>
    {
        var flags = KernelArgument.Flags(argument.Value ?? "").ToList();
        List<Finding?> findings =
        [
            flags.Contains("domain") || !flags.Exists(flag => flag is "nohz" or "managed_irq") ? Proof.Cpus(host, Isolated, argument) : null,
            flags.Contains("nohz") ? Proof.Cpus(host, BootFeature.NoHzFull, argument) : null,
        ];
        return findings.Find(finding => finding?.Contradiction is not null) ?? findings.Find(finding => finding is not null);
    });

    /// <summary>The kernel adds the CPU that it boots on, so that there is one at all (<c>irq_affinity_setup</c> in <c>kernel/irq/irqdesc.c</c>).</summary>
    public static readonly Proof Interrupts = new(DefaultMask, (host, argument) =>
    {
        if (Proof.Asked(argument) is not { } asked)
        {
            return null;
        }

        var withFirst = asked.Prepend(0).Distinct().ToList();
        var finding = Proof.Compare(host, DefaultMask, $"that of CPUs {CpuList.Format(asked)}", found =>
            CpuMask.TryParse(found) is { } cpus && (cpus.SequenceEqual(asked) || cpus.SequenceEqual(withFirst)));
        return finding is { Contradiction: null } && !asked.Contains(0)
            ? finding with { Remark = "CPU 0 serves interrupts, too: the kernel always adds the CPU that it boots on" }
            : finding;
    });

    /// <summary>The CPUs that the first program may run on.</summary>
    public static readonly Proof FirstProgram = new($"{First} (Cpus_allowed_list)", (host, argument) => Proof.Asked(argument) is { } asked
        ? Proof.Compare(host, First, $"{Allowed} {CpuList.Format(asked)}", found => found.Split('\n').Any(line =>
            line.StartsWith(Allowed, StringComparison.Ordinal) && CpuList.TryParse(line[Allowed.Length..].Trim(), out var cpus) && asked.SequenceEqual(cpus)))
        : null);

    /// <summary>
    /// A thread for each CPU whose callbacks are elsewhere, made when that comes online; since 5.17 for every CPU as soon as there is one such
    /// (<c>rcu_spawn_cpu_nocb_kthread</c> in <c>kernel/rcu/tree_nocb.h</c>), so that the log says more where it may be read.
    /// </summary>
    public static readonly Proof Offloading = new($"{Threads} ({Callbacks}*), and the log", (host, argument) =>
    {
        if (KernelThreads.Obstacle(host.Files) is not null)
        {
            return null;
        }

        var threads = Offloaders(host);
        if (threads.Count == 0)
        {
            return new(Threads) { IsLacking = true, Contradiction = $"there is no thread {Callbacks}*" };
        }

        if (argument.Name != "rcu_nocbs")
        {
            return new(Threads);
        }

        var asked = Online(host, Proof.Asked(argument)).ToList();
        return asked.Except(threads.Select(Number)).ToList() is { Count: > 0 } missing
            ? new(Threads) { Contradiction = $"there is no thread {Callbacks}* for CPU {CpuList.Format(missing)}" }
            : KernelWords.Of(host).Offloaded is { } said && asked.Except(said).Any()
                ? new(KernelWords.Log) { Contradiction = $"{KernelWords.Log} has \"Offload RCU callbacks from CPUs: {CpuList.Format(said)}\"" }
                : new(Threads);
    });

    /// <summary>The kernel's part of auditing is a thread, started unless it is off (<c>audit_init</c> in <c>kernel/audit.c</c>).</summary>
    public static readonly Proof NoAudit = new($"{Threads} (no kauditd)", (host, _) => KernelThreads.Obstacle(host.Files) is not null ? null : new(Threads)
    {
        Contradiction = KernelThreads.In(host).Any(thread => thread.Name == "kauditd") ? "there is a thread kauditd" : null,
    });

    /// <summary>Threads with callbacks of isolated CPUs that may run there themselves (<c>timers/no_hz.rst</c>).</summary>
    public static string? Strays(HostView host, KernelArgument argument)
    {
        if (KernelThreads.Obstacle(host.Files) is not null)
        {
            return null;
        }

        var asked = Proof.Asked(argument);
        var quiet = Quiet(host, asked);
        var strays = Offloaders(host, groups: true)
            .Where(thread => thread.MayBeMoved && (asked is null || IsOfGroup(thread) || asked.Contains(Number(thread)))
                && KernelThreads.Cpus(host.Files, thread).Intersect(quiet).Any())
            .Select(thread => thread.Name).Order(StringComparer.Ordinal).ToList();
        return strays.Count == 0 ? null
            : $"{strays[0]}{(strays.Count > 1 ? $" and {strays.Count - 1} more {Callbacks}*" : "")} may run on {CpuList.Format(quiet)} themselves: "
                + "set cpu.kernelThreadAffinity to the other CPUs";
    }

    /// <summary>The CPUs of an argument; where those are all, the ones that the kernel keeps quiet by others.</summary>
    private static List<int> Quiet(HostView host, IReadOnlyList<int>? asked)
    {
        var online = Online(host, null);
        return asked is not null && online.Except(asked).Any()
            ? [.. asked]
            : [.. new[] { Isolated, BootFeature.NoHzFull }.SelectMany(file => CpuList.TryParse(host.Files.Read(file).Text, out var cpus) ? cpus : []).Distinct().Order()];
    }

    private static IEnumerable<int> Online(HostView host, IReadOnlyList<int>? asked) => !CpuList.TryParse(host.Files.Read(NodeCpus.Online).Text, out var online)
        ? asked ?? []
        : asked is null ? online : asked.Intersect(online);

    /// <summary>rcuop/N and rcuos/N with a CPU's callbacks; rcuog/N of a group of those.</summary>
    private static List<KernelThread> Offloaders(HostView host, bool groups = false) =>
    [
        .. KernelThreads.In(host).Where(thread => thread.Name.StartsWith(Callbacks, StringComparison.Ordinal)
            && (groups || !IsOfGroup(thread))),
    ];

    private static bool IsOfGroup(KernelThread thread) => thread.Name.StartsWith("rcuog", StringComparison.Ordinal);

    private static int Number(KernelThread thread) =>
        int.TryParse(thread.Name[(thread.Name.IndexOf('/', StringComparison.Ordinal) + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var cpu) ? cpu : -1;
}

using System.Text.Json.Serialization;
using Latlab.Crds.Validation;

namespace Latlab.Crds.TunedNodes;

/// <summary>
/// Published command lines by name. Each is what its source has, with the node's CPUs in place of the source's: isolated ones from
/// <c>cpu.isolated</c>, those for interrupts from <c>cpu.irqAffinity</c>, by default <c>0</c> as the papers have it. Where one differs
/// otherwise, it says how. What sources set beside the command line (sysctls, caches, services) is in fields of its own.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<BootProfile>))]
public enum BootProfile
{
    /// <summary>"Ducked Tails" (Gallenmüller et al., HiPNet 2021, <c>gallenmu/hipnet21</c>), bare metal.</summary>
    DuckedTails,

    /// <summary>
    /// "How Low Can You Go?" (Gallenmüller et al., JNSM 31(1) 2023, <c>gallenmu/latency-limbo</c>), variant <c>optimized</c>.
    /// </summary>
    LimboOptimized,

    /// <summary>
    /// Containers of Wiedner et al. (ITC-35, 2023, <c>WiednerF/containerized-low-latency</c>): no <c>isolcpus</c>, a cgroup isolates.
    /// </summary>
    ItcContainer,

    /// <summary>
    /// TuneD's <c>realtime</c> with <c>network-latency</c>, which it includes, and <c>isolate_managed_irq=Y</c>. TuneD switches off the
    /// frequency driver of the processor that is there; this has the words for both, and the other one is without effect.
    /// </summary>
    Realtime,

    /// <summary>
    /// TuneD's <c>cpu-partitioning</c> with <c>network-latency</c>, which it includes. Without <c>tuned.non_isolcpus</c>, which nothing but
    /// a script in TuneD's own initrd reads: <c>cpu.workqueueAffinity</c> sets the same. Without <c>isolcpus</c>, which TuneD has for
    /// <c>no_balance_cores</c> alone.
    /// </summary>
    CpuPartitioning,

    /// <summary>
    /// The kernel's own advice (<c>admin-guide/cpu-isolation.rst</c>). It gives interrupts to all CPUs that are not isolated: they must be
    /// named in <c>cpu.irqAffinity</c>.
    /// </summary>
    KernelDocs,
}

/// <summary>What a <see cref="BootProfile"/> asks of the kernel's command line.</summary>
public static class BootProfiles
{
    /// <summary>CPUs for interrupts where the spec names none: what the published lines have.</summary>
    private const string UsualInterrupts = "0";

    /// <summary>TuneD's <c>network-latency</c>, as of August 2026.</summary>
    private static readonly string[] NetworkLatency =
        ["skew_tick=1", "tsc=reliable", "rcupdate.rcu_normal_after_boot=1", "rcutree.nohz_full_patience_delay=1000"];

    /// <summary>The kernel knobs of a spec with the arguments of its profile, over which its own go by name.</summary>
    public static KernelTuning? Resolve(TunedNodeSpec spec)
    {
        if (spec.Profile is not { } profile || spec.Cpu?.Isolated is not { } isolated)
        {
            return spec.Kernel;
        }

        var own = (spec.Kernel?.Arguments ?? []).Select(text => (Text: text, KernelArgument.TryParse(text)?.Name)).ToList();
        var published = Arguments(profile, Short(isolated), Short(spec.Cpu.IrqAffinity ?? UsualInterrupts))
            .Where(text => own.TrueForAll(argument => argument.Name != KernelArgument.TryParse(text)?.Name));
        return (spec.Kernel ?? new()) with { Arguments = [.. published, .. own.Select(argument => argument.Text)] };
    }

    /// <summary>In ranges: an argument has an end.</summary>
    private static string Short(string list) => CpuList.TryParse(list, out var cpus) ? CpuList.Format(cpus) : list;

    /// <summary>The arguments.</summary>
    /// <param name="profile">Which.</param>
    /// <param name="isolated">CPUs that carry packets.</param>
    /// <param name="interrupts">CPUs that serve interrupts.</param>
    public static IReadOnlyList<string> Arguments(BootProfile profile, string isolated, string interrupts) => profile switch
    {
        BootProfile.DuckedTails =>
        [
            $"irqaffinity={interrupts}", $"isolcpus={isolated}", "intel_pstate=disable", "skew_tick=1", "nosoftlockup", "intel_idle.max_cstate=0", "audit=0",
            $"rcu_nocbs={isolated}", "mce=ignore_ce", "nmi_watchdog=0", "random.trust_cpu=on", "idle=poll", "tsc=reliable",
        ],
        BootProfile.LimboOptimized =>
        [
            "nohz=on", $"isolcpus={isolated}", $"nohz_full={isolated}", $"rcu_nocbs={isolated}", $"irqaffinity={interrupts}", "tsc=reliable", "nmi_watchdog=0",
            "random.trust_cpu=on", "intel_idle.max_cstate=0", "mce=ignore_ce", "audit=0", "idle=poll", "skew_tick=1", "intel_pstate=disable", "nosoftlockup", "nosmt",
            "rcu_nocb_poll", "msr.allow_writes=on", "iommu=pt",
        ],
        BootProfile.ItcContainer =>
        [
            "mce=ignore_ce", "tsc=reliable", "idle=poll", "nohz=on", "audit=0", "nosmt", "apparmor=0", "amd_iommu=off", $"nohz_full={isolated}", $"rcu_nocbs={isolated}",
            "skew_tick=1", $"irqaffinity={interrupts}", "intel_pstate=disable", "nmi_watchdog=0", "nosoftlockup", "rcu_nocb_poll", "random.trust_cpu=on",
            "intel_idle.max_cstate=0", "systemd.unified_cgroup_hierarchy=1",
        ],
        BootProfile.Realtime =>
            [.. NetworkLatency, $"isolcpus=managed_irq,domain,{isolated}", "intel_pstate=disable", "amd_pstate=disable", "nosoftlockup"],
        BootProfile.CpuPartitioning =>
            [.. NetworkLatency, "nohz=on", $"nohz_full={isolated}", $"rcu_nocbs={isolated}", "intel_pstate=disable", "nosoftlockup"],
        BootProfile.KernelDocs => [$"nohz_full={isolated}", $"irqaffinity={interrupts}", $"isolcpus=managed_irq,{isolated}", "nosmt"],
        _ => [],
    };
}

using System.Globalization;
using Latlab.Crds.Validation;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>All that is known of single arguments; the reference is made of it. The first that matches counts.</summary>
internal static class BootEvidence
{
    private const string Cpu = "/sys/devices/system/cpu";
    private const string Callbacks = "CONFIG_RCU_NOCB_CPU";
    private const string IntelIommu = "CONFIG_INTEL_IOMMU";
    private const string AmdIommu = "CONFIG_AMD_IOMMU";
    private const string IntelDriver = "CONFIG_X86_INTEL_PSTATE";
    private const string AmdDriver = "CONFIG_X86_AMD_PSTATE";
    private const string Unified = "/sys/fs/cgroup/cgroup.controllers";
    private const string Enabled = "/sys/kernel/mm/transparent_hugepage/enabled";

    /// <summary>Any other.</summary>
    public static readonly BootFeature Unknown = new(new("NAME[=VALUE]"));

    public static IReadOnlyList<BootFeature> Features { get; } =
    [
        new(
            new("isolcpus=[FLAGS,]CPUS"),
            "Programs must pin their own threads: the scheduler spreads nothing over these CPUs. Of the flag managed_irq by itself nothing "
                + "shows; with nohz the kernel needs CONFIG_NO_HZ_FULL, too, or drops the whole argument")
        {
            Option = "CONFIG_CPU_ISOLATION", Proof = CpuProofs.Isolation,
        },
        new(
            new("nohz_full=CPUS"),
            "One runnable thread for each CPU, or the tick stays. System calls are slower. Needs a stable TSC as the clock source; and see "
                + "rcu_nocbs")
        {
            Option = "CONFIG_NO_HZ_FULL", Proof = Proof.Cpus(BootFeature.NoHzFull),
            Remark = (host, argument) => Joined(ClockProofs.Unstable(host, argument), CpuProofs.Strays(host, argument)),
        },
        new(new("nohz=on")) { Option = "CONFIG_NO_HZ_COMMON" },
        new(new("nohz=off")) { Option = "CONFIG_NO_HZ_COMMON", IsOff = true },
        new(
            new("rcu_nocbs[=CPUS]"),
            "The callbacks' threads (rcuo*) may run anywhere: keep them off the isolated CPUs by cpu.kernelThreadAffinity")
        {
            Option = Callbacks, Proof = CpuProofs.Offloading, Remark = CpuProofs.Strays,
        },
        new(new("rcu_nocb_poll"), "Takes time of the CPUs that the rcuo* run on") { Option = Callbacks, Proof = CpuProofs.Offloading },
        new(new("irqaffinity=CPUS"), "The kernel adds the CPU that it boots on. At run time cpu.irqAffinity and irqbalance go over it")
        {
            Proof = CpuProofs.Interrupts,
        },
        new(new("skew_tick=1")),
        new(new("tsc=reliable"), "A TSC that is not reliable is no longer found out") { Proof = Proof.Text(ClockProofs.ClockSource, "tsc") },
        new(new("idle=poll"), "Heat, no turbo, and a core's other thread loses half of it")
        {
            Proof = Proof.Of(ClockProofs.IdleDriver, "none", found => found is "none" or ""),
        },
        new(new("intel_idle.max_cstate=N"), "0 hands over to acpi_idle: with it processor.max_cstate=1")
        {
            Proof = DeviceProofs.Parameter, Remark = ClockProofs.OtherIdleDriver,
        },
        new(new("processor.max_cstate=N")) { Proof = DeviceProofs.Parameter },
        new(new("intel_pstate=disable"), "May leave no driver at all: the clock then stays where the firmware set it, which may be low")
        {
            Option = IntelDriver, IsOff = true, Proof = ClockProofs.OtherDriver("intel_pstate", "intel_cpufreq"), Remark = ClockProofs.NoDriver,
        },
        new(new("amd_pstate=disable"), "As intel_pstate=disable")
        {
            Option = AmdDriver, IsOff = true, Proof = ClockProofs.OtherDriver("amd-pstate", "amd-pstate-epp"), Remark = ClockProofs.NoDriver,
        },
        new(new("intel_pstate=active|passive")) { Option = IntelDriver, Proof = ClockProofs.Mode($"{Cpu}/intel_pstate/status", "intel_pstate", "intel_cpufreq") },
        new(new("amd_pstate=active|passive|guided")) { Option = AmdDriver, Proof = ClockProofs.Mode($"{Cpu}/amd_pstate/status", "amd-pstate", "amd-pstate-epp") },
        new(new("nosmt[=force]"), "Half of the CPUs")
        {
            Proof = Proof.Text($"{Cpu}/smt/control", "off", "forceoff", "notsupported", "notimplemented"),
        },
        new(new("mce=ignore_ce"), "Memory that goes bad is not noticed before it fails")
        {
            Option = "CONFIG_X86_MCE", Proof = Proof.Text("/sys/devices/system/machinecheck/machinecheck0/ignore_ce", "1"),
        },
        new(new("mce=off"), "Errors of memory and processor are not noticed at all")
        {
            Option = "CONFIG_X86_MCE", IsOff = true, Proof = Proof.Absent("/sys/devices/system/machinecheck"),
        },
        new(new("audit=0|off"), "Security: nothing is audited") { Option = "CONFIG_AUDIT", IsOff = true, Proof = CpuProofs.NoAudit },
        new(new("apparmor=0"), "Security: containers lose their AppArmor profiles")
        {
            Option = "CONFIG_SECURITY_APPARMOR", IsOff = true, Proof = Proof.Text("/sys/module/apparmor/parameters/enabled", "N"),
        },
        new(new("nmi_watchdog=0"), "A CPU that hangs hard is not noticed")
        {
            Option = "CONFIG_HARDLOCKUP_DETECTOR", IsOff = true, Proof = Proof.Text("/proc/sys/kernel/nmi_watchdog", "0"),
        },
        new(new("nosoftlockup"), "A CPU that hangs in the kernel is not noticed")
        {
            Option = "CONFIG_SOFTLOCKUP_DETECTOR", IsOff = true, Proof = Proof.Text("/proc/sys/kernel/soft_watchdog", "0"),
        },
        new(new("nowatchdog"), "As nmi_watchdog=0 and nosoftlockup")
        {
            Option = "CONFIG_LOCKUP_DETECTOR", IsOff = true, Proof = Proof.Text("/proc/sys/kernel/watchdog", "0"),
        },
        // Others stay whatever is asked for: the processor's own cannot be switched off.
        new(new("mitigations=off"), "Security. In no profile")
        {
            Proof = Proof.Of($"{Cpu}/vulnerabilities/spectre_v2", "Vulnerable", found => !found.Contains("Mitigation", StringComparison.Ordinal)),
        },
        new(new("intel_iommu=on"), "Firmware must have VT-d switched on") { Option = IntelIommu, Proof = DeviceProofs.Translated },
        new(new("amd_iommu=on"), "Firmware must have AMD-Vi switched on") { Option = AmdIommu, Proof = DeviceProofs.Translated },
        new(new("intel_iommu=off"), "No vfio-pci") { Option = IntelIommu, IsOff = true, Proof = DeviceProofs.NoUnit("dmar") },
        new(new("amd_iommu=off"), "No vfio-pci") { Option = AmdIommu, IsOff = true, Proof = DeviceProofs.NoUnit("ivhd") },
        new(new("iommu=pt")) { Proof = DeviceProofs.PassedThrough },
        new(new("hugepagesz=SIZE hugepages=N"), "Taken from everybody's memory for good; 1G needs a processor with pdpe1gb")
        {
            Option = "CONFIG_HUGETLBFS", Proof = DeviceProofs.Pages,
        },
        new(
            new("default_hugepagesz=SIZE"),
            "API servers before Kubernetes 1.19 take no node with pages of two sizes: one that still has pages of the former size in its "
                + "status is updated no more (kubernetes/kubernetes#80452); delete its Node, and kubelet makes it anew")
        {
            Option = "CONFIG_HUGETLBFS", Proof = DeviceProofs.DefaultSize,
        },
        new(new("transparent_hugepage=never"))
        {
            Option = "CONFIG_TRANSPARENT_HUGEPAGE", IsOff = true, Proof = Proof.Choice(Enabled, '[', ']'),
        },
        new(new("transparent_hugepage=always|madvise")) { Option = "CONFIG_TRANSPARENT_HUGEPAGE", Proof = Proof.Choice(Enabled, '[', ']') },
        new(new("preempt=none|voluntary|full|lazy"), "Shows only where debugfs may be read")
        {
            Option = "CONFIG_PREEMPT_DYNAMIC", Proof = Proof.Choice("/sys/kernel/debug/sched/preempt", '(', ')'),
        },
        new(new("psi=0|off"), "Kubelet has no pressure metrics")
        {
            Option = "CONFIG_PSI", IsOff = true, Proof = Proof.Absent("/proc/pressure/cpu"),
        },
        new(new("psi=1|on")) { Option = "CONFIG_PSI", Proof = Proof.Present("/proc/pressure/cpu") },
        // Read early, and not as a module's parameter, whatever it looks like.
        new(new("random.trust_cpu[=VALUE]")),
        new(new("systemd.unified_cgroup_hierarchy[=1|yes|true]")) { Proof = Proof.Present(Unified) },
        new(new("systemd.cpu_affinity=CPUS"), "Kubelet and the container runtime stay there, too") { Proof = CpuProofs.FirstProgram },
        new(new("MODULE.PARAMETER[=VALUE]"), "A name that no module has is noticed by nobody") { Proof = DeviceProofs.Parameter },
    ];

    public static BootFeature Of(KernelArgument argument) =>
        Features.FirstOrDefault(feature => feature.Form.Matches(argument)) ?? Unknown;

    /// <summary>KiB of a size as the kernel writes it, e.g. <c>1G</c>.</summary>
    public static long KibiBytes(string size) =>
        (long.TryParse(size[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1) * char.ToUpperInvariant(size[^1]) switch
        {
            'G' => 1024 * 1024,
            'M' => 1024,
            _ => 1,
        };

    /// <summary>Remarks as one; null when there is none.</summary>
    public static string? Joined(params string?[] remarks) => string.Join("; ", remarks.OfType<string>()) is { Length: > 0 } text ? text : null;
}

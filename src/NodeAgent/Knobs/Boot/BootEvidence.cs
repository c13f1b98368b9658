using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What the kernel made of an argument: that it was on the command line does not say that it is in effect.</summary>
internal static class BootEvidence
{
    private const string Cpu = "/sys/devices/system/cpu";

    /// <summary>Kernels that were built without CONFIG_NO_HZ_FULL do not have it.</summary>
    private const string NoHzFull = $"{Cpu}/nohz_full";

    /// <summary>Options that the kernel must have been built with; without one it drops the argument.</summary>
    private static readonly Dictionary<string, string> Needs = new(StringComparer.Ordinal)
    {
        ["nohz_full"] = "CONFIG_NO_HZ_FULL",
        ["rcu_nocbs"] = "CONFIG_RCU_NOCB_CPU",
        ["rcu_nocb_poll"] = "CONFIG_RCU_NOCB_CPU",
        ["isolcpus"] = "CONFIG_CPU_ISOLATION",
        ["psi"] = "CONFIG_PSI",
        ["preempt"] = "CONFIG_PREEMPT_DYNAMIC",
        ["intel_iommu"] = "CONFIG_INTEL_IOMMU",
        ["amd_iommu"] = "CONFIG_AMD_IOMMU",
    };

    /// <summary>What the kernel lacks for an argument; null when nothing is known to be lacking.</summary>
    public static string? Lacks(IHost host, KernelArgument argument)
    {
        if (!Needs.TryGetValue(argument.Name, out var option))
        {
            return null;
        }

        var hasIt = KernelConfig.Has(host, option, out var file);
        if (hasIt is null && argument.Name == "nohz_full" && host.Read(NoHzFull).IsMissing)
        {
            (hasIt, file) = (false, $"there is no {NoHzFull}");
        }

        return hasIt == false ? $"this kernel was built without {option} ({file}) and drops {argument.Name} silently; run a kernel that has it" : null;
    }

    /// <summary>The file that shows it, and what is wrong there; the command line when the kernel shows nothing.</summary>
    public static (string File, string? Contradiction) Of(IHost host, KernelArgument argument)
    {
        if ((BootPresence.Of(host, argument) ?? PoolEvidence.Of(host, argument)) is { } presence)
        {
            return presence;
        }

        var (file, expected, isMet) = Expectation(host, argument);
        if (file is null || host.Read(file) is not { Text: { } found })
        {
            return (CommandLine.Path, null);
        }

        return (file, isMet(found.Trim()) ? null : $"{file} is \"{found.Trim()}\" and not {expected}");
    }

    private static (string? File, string Expected, Func<string, bool> IsMet) Expectation(IHost host, KernelArgument argument) => argument switch
    {
        { Name: "isolcpus", Value: { } value } when IsDomain(value) => Cpus($"{Cpu}/isolated", value),
        { Name: "nohz_full", Value: { } value } => Cpus(NoHzFull, value),
        { Name: "nosmt" } => ($"{Cpu}/smt/control", "off", found => found is "off" or "forceoff" or "notsupported" or "notimplemented"),
        { Name: "tsc", Value: "reliable" } => Text("/sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc"),
        { Name: "idle", Value: "poll" } => ($"{Cpu}/cpuidle/current_driver", "none", found => found is "none" or ""),
        { Name: "irqaffinity", Value: { } value } => Mask("/proc/irq/default_smp_affinity", value),
        { Name: "systemd.cpu_affinity", Value: { } value } => Allowed("/proc/1/status", value),
        { Name: "mce", Value: "ignore_ce" } => Text("/sys/devices/system/machinecheck/machinecheck0/ignore_ce", "1"),
        { Name: "nowatchdog" } => Text("/proc/sys/kernel/watchdog", "0"),
        // Others stay whatever is asked for: the processor's own cannot be switched off.
        { Name: "mitigations", Value: "off" } => (
            $"{Cpu}/vulnerabilities/spectre_v2", "Vulnerable", found => !found.Contains("Mitigation", StringComparison.Ordinal)),
        { Name: "preempt", Value: { } value } => ("/sys/kernel/debug/sched/preempt", value, found => found.Contains($"({value})", StringComparison.Ordinal)),
        { Name: "intel_pstate" or "amd_pstate", Value: "active" or "passive" or "guided" } => Text($"{Cpu}/{argument.Name}/status", argument.Value!),
        { Name: "transparent_hugepage", Value: { } value } => ("/sys/kernel/mm/transparent_hugepage/enabled", value, found => found.Contains($"[{value}]", StringComparison.Ordinal)),
        { Name: "nmi_watchdog", Value: "0" } => Text("/proc/sys/kernel/nmi_watchdog", "0"),
        { Name: "nosoftlockup" } => Text("/proc/sys/kernel/soft_watchdog", "0"),
        { Name: "default_hugepagesz", Value: { } value } => (
            "/proc/meminfo", value, found => found.Split('\n').Any(line => line.StartsWith("Hugepagesize:", StringComparison.Ordinal)
                && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == $"{KibiBytes(value)}")),
        { PoolSize: { } size, Value: { } value } => (
            $"/sys/kernel/mm/hugepages/hugepages-{KibiBytes(size)}kB/nr_hugepages", $"at least {value}",
            found => Number(found) >= Number(value)),
        // A module's parameter: intel_idle.max_cstate, kvm.nx_huge_pages.
        { Name: var name, Value: { } value } when name.Split('.') is [var module, var parameter] => Parameter(host, module, parameter, value),
        _ => (null, "", _ => true),
    };

    /// <summary>isolcpus without flags, or with that of scheduling domains; with others alone sysfs says nothing.</summary>
    private static bool IsDomain(string value) => !char.IsAsciiLetter(value[0]) || value.Split(',').Contains("domain");

    private static (string?, string, Func<string, bool>) Text(string file, string expected) => (file, expected, found => found == expected);

    private static (string?, string, Func<string, bool>) Cpus(string file, string value) => KernelArgument.Cpus(value) is { } asked
        ? (file, CpuList.Format(asked), found => CpuList.TryParse(found, out var cpus) && asked.SequenceEqual(cpus))
        : (null, "", _ => true);

    private static (string?, string, Func<string, bool>) Mask(string file, string value) => KernelArgument.Cpus(value) is { } asked
        ? (file, $"that of CPUs {CpuList.Format(asked)}", found => CpuMask.TryParse(found) is { } cpus && asked.SequenceEqual(cpus))
        : (null, "", _ => true);

    /// <summary>The CPUs that a process may run on.</summary>
    private static (string?, string, Func<string, bool>) Allowed(string file, string value) => KernelArgument.Cpus(value) is { } asked
        ? (file, $"Cpus_allowed_list: {CpuList.Format(asked)}", found => found.Split('\n')
            .Any(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal) && CpuList.TryParse(line.Split(':')[1].Trim(), out var cpus) && asked.SequenceEqual(cpus)))
        : (null, "", _ => true);

    private static (string?, string, Func<string, bool>) Parameter(IHost host, string module, string parameter, string value)
    {
        var file = $"/sys/module/{module.Replace('-', '_')}/parameters/{parameter}";
        // Switches are shown as Y and N, whatever they were set by.
        return host.Read(file).IsMissing ? (null, "", _ => true) : (file, value, found => found == value || Switch(found) is { } shown && shown == Switch(value));
    }

    private static bool? Switch(string text) => text switch
    {
        "Y" or "y" or "1" or "on" => true,
        "N" or "n" or "0" or "off" => false,
        _ => null,
    };

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    /// <summary>KiB of a size as the kernel writes it, e.g. <c>1G</c>.</summary>
    public static long KibiBytes(string size) => Number(size[..^1]) * char.ToUpperInvariant(size[^1]) switch
    {
        'G' => 1024 * 1024,
        'M' => 1024,
        _ => 1,
    };
}

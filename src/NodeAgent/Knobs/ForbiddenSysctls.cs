namespace Latlab.NodeAgent.Knobs;

/// <summary>Sysctls that latlab does not set, and why. Names may end in <c>*</c>.</summary>
internal static class ForbiddenSysctls
{
    private const string RunsPrograms = "makes the kernel run a program or load code; latlab does not set it";
    private const string BringsDown = "decides when the kernel stops the node; latlab does not set it";
    private const string OneWay = "cannot be set back before a reboot, so it could not be restored; latlab does not set it";
    private const string Action = "starts an action and holds no value to read back; latlab does not set it";
    private const string Security = "guards the node's security; latlab does not set it";

    private static readonly (string Pattern, string Reason)[] Rows =
    [
        ("kernel.core_*", RunsPrograms),
        ("kernel.modprobe", RunsPrograms),
        ("kernel.hotplug", RunsPrograms),
        ("kernel.poweroff_cmd", RunsPrograms),
        ("kernel.usermodehelper.*", RunsPrograms),
        ("kernel.firmware_config.*", RunsPrograms),
        ("kernel.ns_last_pid", Action),
        ("kernel.acct", RunsPrograms),
        ("fs.binfmt_misc.*", RunsPrograms),
        ("kernel.panic*", BringsDown),
        ("kernel.*_panic", BringsDown),
        ("kernel.*_all_cpu_backtrace", BringsDown),
        ("kernel.oops_limit", BringsDown),
        ("kernel.warn_limit", BringsDown),
        ("vm.panic_on_oom", BringsDown),
        ("kernel.sysrq", BringsDown),
        ("kernel.ctrl-alt-del", BringsDown),
        ("kernel.modules_disabled", OneWay),
        ("kernel.kexec_load_*", OneWay),
        ("kernel.unprivileged_bpf_disabled", OneWay),
        ("kernel.yama.*", OneWay),
        ("kernel.io_uring_*", Security),
        ("kernel.kptr_restrict", Security),
        ("kernel.randomize_va_space", Security),
        ("kernel.seccomp.*", Security),
        ("vm.mmap_min_addr", Security),
        ("fs.suid_dumpable", Security),
        ("fs.protected_*", Security),
        ("kernel.hostname", "is the node's identity; latlab does not set it"),
        ("kernel.domainname", "is the node's identity; latlab does not set it"),
        ("vm.drop_caches", Action),
        ("vm.compact_memory", Action),
        ("net.ipv4.route.flush", Action),
        ("net.ipv6.route.flush", Action),
        ("vm.nr_hugepages*", "is the sum over what memory.hugePages sets; write it there, by size and NUMA node"),
    ];

    /// <summary>Why a sysctl is not set, or null when it may be.</summary>
    public static string? Reason(string name) => Rows.FirstOrDefault(row => Matches(name, row.Pattern)).Reason;

    private static bool Matches(string name, string pattern)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? name == pattern
            : name.Length >= pattern.Length - 1
                && name.StartsWith(pattern[..star], StringComparison.Ordinal)
                && name.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal);
    }
}

using System.Text.RegularExpressions;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.Validation;

/// <summary>
/// The sysctls that latlab sets: those that shape latency, can be set back, and cannot take the node away. Everything else is refused, as
/// nobody knows all that a kernel's sysctls do. Operator and agent both ask here.
/// </summary>
public static partial class AllowedSysctls
{
    /// <summary>Most characters of a name, and of a value.</summary>
    public const int MaxLength = 256;

    private const string Field = "spec.kernel.sysctls";
    private const string Elsewhere = "take it out of the spec, and set it on the node by other means (sysctl.d) if you need it";
    private const string EndsTcp = "can leave the node without TCP, and with it without the API server";
    private const string OfIpc = "belongs to an IPC namespace: the agent would set its own pod's and not the node's";

    /// <summary>
    /// Names, or beginnings of names that end in <c>*</c>; from <c>admin-guide/sysctl/</c> and <c>networking/ip-sysctl.rst</c>.
    /// </summary>
    private static readonly string[] Allowed =
    [
        "kernel.hung_task_timeout_secs", "kernel.nmi_watchdog", "kernel.numa_balancing", "kernel.sched_autogroup_enabled",
        "kernel.sched_migration_cost_ns", "kernel.sched_min_granularity_ns", "kernel.sched_rt_runtime_us",
        "kernel.sched_wakeup_granularity_ns", "kernel.soft_watchdog", "kernel.timer_migration", "kernel.watchdog",
        "kernel.watchdog_cpumask", "kernel.watchdog_thresh",
        "vm.compact_unevictable_allowed", "vm.compaction_proactiveness", "vm.dirty_background_ratio", "vm.dirty_expire_centisecs",
        "vm.dirty_ratio", "vm.dirty_writeback_centisecs", "vm.stat_interval", "vm.swappiness", "vm.zone_reclaim_mode",
        "net.core.*", "net.ipv4.tcp_*", "net.ipv4.udp_*",
    ];

    /// <summary>Refused though a pattern above has them, or because people will try; the first row that matches counts.</summary>
    private static readonly (string Pattern, string Problem, string Remedy)[] Refused =
    [
        ("vm.dirty_bytes", "zeroes vm.dirty_ratio and cannot be set back to 0", "use vm.dirty_ratio"),
        ("vm.dirty_background_bytes", "zeroes vm.dirty_background_ratio and cannot be set back to 0", "use vm.dirty_background_ratio"),
        ("vm.nr_hugepages*", "is the sum over what memory.hugePages sets", "write it there, by size and NUMA node"),
        ("vm.min_free_kbytes", "takes memory from every program at once when it is large", Elsewhere),
        ("kernel.core_*", "makes the kernel run a program", Elsewhere),
        ("kernel.modprobe", "makes the kernel run a program", Elsewhere),
        ("kernel.panic*", "decides when the kernel stops the node", Elsewhere),
        ("kernel.sysrq", "decides when the kernel stops the node", Elsewhere),
        ("kernel.sem", OfIpc, Elsewhere),
        ("kernel.shm*", OfIpc, Elsewhere),
        ("kernel.msg*", OfIpc, Elsewhere),
        ("fs.mqueue.*", OfIpc, Elsewhere),
        ("net.core.bpf_*", "guards the node's security", Elsewhere),
        ("net.core.default_qdisc", "makes the kernel load a module, which stays", Elsewhere),
        ("net.ipv4.tcp_congestion_control", "makes the kernel load a module, which stays", Elsewhere),
        ("net.ipv4.tcp_allowed_congestion_control", "guards the node's security", Elsewhere),
        ("net.ipv4.tcp_fastopen_key", "is a secret, which the ledger would show", Elsewhere),
        ("net.ipv4.tcp_mem", EndsTcp, Elsewhere),
        ("net.ipv4.tcp_min_snd_mss", EndsTcp, Elsewhere),
        ("net.ipv4.tcp_adv_win_scale", EndsTcp, Elsewhere),
        ("net.ipv4.udp_mem", "can leave the node without UDP, and with it without DNS", Elsewhere),
    ];

    /// <summary>
    /// Values that the kernel takes and that would stop the node's network, its real-time threads or its writes to disks.
    /// </summary>
    private static readonly (string Name, string Pattern, string Remedy)[] Values =
    [
        ("kernel.sched_rt_runtime_us", @"^(-1|[1-9][0-9]{5,6})\z", "write -1, or microseconds from 100000"),
        ("vm.dirty_ratio", @"^([1-9][0-9]?|100)\z", "write a percentage from 1"),
        ("net.core.dev_weight", @"^[1-9][0-9]{0,5}\z", "write a number from 1"),
        ("net.core.netdev_budget", @"^[1-9][0-9]{0,5}\z", "write a number from 1"),
        ("net.core.netdev_budget_usecs", @"^[1-9][0-9]{2,6}\z", "write microseconds from 100"),
        ("net.core.netdev_max_backlog", @"^[1-9][0-9]{1,6}\z", "write a number from 10"),
        ("net.core.rps_sock_flow_entries", @"^[0-9]{1,7}\z", "write a number up to 9999999"),
        ("net.ipv4.tcp_rmem", @"^([1-9][0-9]{3,9} +){2}[1-9][0-9]{3,9}\z", "write three numbers of bytes, each from 1000"),
        ("net.ipv4.tcp_wmem", @"^([1-9][0-9]{3,9} +){2}[1-9][0-9]{3,9}\z", "write three numbers of bytes, each from 1000"),
    ];

    /// <summary>What is wrong with a sysctl of a spec: its name, its value, or its company; null when nothing is.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="sysctls">All of the spec.</param>
    /// <param name="wires">The spec's own virtual wires; sysctls of their ends may be set.</param>
    public static Refusal? Check(string name, IReadOnlyDictionary<string, string> sysctls, IReadOnlyList<VirtualWire> wires) =>
        OfName(name, wires) ?? OfValue(name, sysctls[name]) ?? OfCompany(name, sysctls);

    /// <summary>The sysctl that writing this one zeroes, and that writing zeroes this one; null when there is none.</summary>
    public static string? Counterpart(string name) => name switch
    {
        "vm.dirty_ratio" => "vm.dirty_bytes",
        "vm.dirty_background_ratio" => "vm.dirty_background_bytes",
        _ => null,
    };

    private static Refusal? OfName(string name, IReadOnlyList<VirtualWire> wires)
    {
        if (name.Length > MaxLength || !Dotted().IsMatch(name))
        {
            return new(
                Field, name, "is not a sysctl of kernel, vm, net or fs in dotted form",
                "write its name as `sysctl -a` prints it, e.g. vm.stat_interval");
        }

        if (Refused.FirstOrDefault(row => Matches(name, row.Pattern)) is { Pattern: not null } refused)
        {
            return new(Field, name, refused.Problem, refused.Remedy);
        }

        if (!Allowed.Any(pattern => Matches(name, pattern)) && !IsOfOwnWire(name, wires))
        {
            return new(
                Field, name, "is not among the sysctls that latlab sets",
                $"write one of {string.Join(", ", Allowed)}, or, for an end of a wire in virtualWires, net.ipv4.conf.END.*, "
                    + "net.ipv4.neigh.END.*, net.ipv6.conf.END.*, net.ipv6.neigh.END.*; other sysctls and kernel arguments are not set by latlab");
        }

        return null;
    }

    private static Refusal? OfValue(string name, string? value)
    {
        var field = $"{Field}[{name}]";
        if (string.IsNullOrEmpty(value) || value.Length > MaxLength || value.Any(c => c is < ' ' or > '~'))
        {
            return new(
                field, value ?? "", "is empty, too long, or has a character in it that no sysctl takes",
                $"write one line of 1 to {MaxLength} ASCII characters");
        }

        if (value.AsSpan().Trim().Length != value.Length)
        {
            return new(field, value, "begins or ends with a blank, which the kernel drops", "take the blank out");
        }

        return Values.FirstOrDefault(row => row.Name == name) is { Name: not null } rule
            && !Regex.IsMatch(value, rule.Pattern, RegexOptions.CultureInvariant)
            ? new(field, value, "could stop the node's network, its threads or its writes to disks", rule.Remedy)
            : null;
    }

    /// <summary>
    /// kernel.watchdog switches both detectors: what the others read, and can be set to, depends on it, so that no order sets all three
    /// back.
    /// </summary>
    private static Refusal? OfCompany(string name, IReadOnlyDictionary<string, string> sysctls) =>
        name == "kernel.watchdog" && (sysctls.ContainsKey("kernel.soft_watchdog") || sysctls.ContainsKey("kernel.nmi_watchdog"))
            ? new(
                $"{Field}[{name}]", sysctls[name], "is set beside kernel.soft_watchdog or kernel.nmi_watchdog, which it switches, too",
                "set either kernel.watchdog, or the other two")
            : null;

    /// <summary>A sysctl of a device that latlab itself made. It keeps the ends without IPv6, and a stable_secret is a secret.</summary>
    private static bool IsOfOwnWire(string name, IReadOnlyList<VirtualWire> wires) =>
        OfDevice().Match(name) is { Success: true } match
        && wires.Any(wire => match.Groups["device"].Value == wire.EndA || match.Groups["device"].Value == wire.EndB)
        && !(match.Groups["kind"].Value == "ipv6.conf" && match.Groups["key"].Value is "disable_ipv6" or "addr_gen_mode" or "stable_secret");

    private static bool Matches(string name, string pattern) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern.AsSpan()[..^1], StringComparison.Ordinal) : name == pattern;

    // .NET's $, which ends the API's patterns, also stands before a line feed at the end.
    [GeneratedRegex(@"^(?!.*\n)" + Validation.Names.Sysctl)]
    private static partial Regex Dotted();

    [GeneratedRegex(@"^net\.(?<kind>ipv[46]\.(conf|neigh))\.(?<device>[a-z0-9-]+)\.(?<key>[a-z0-9_]+)\z")]
    private static partial Regex OfDevice();
}

using System.Text.RegularExpressions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs;

/// <summary>One sysctl. <c>net.*</c> are those of the network namespace that the agent runs in.</summary>
internal sealed partial class SysctlKnob(string name) : Knob($"{Prefix}[{name}]")
{
    public static readonly KnobKind Kind = new(Prefix, Wishes, FromKey, new(
        "Sysctls that shape latency, by an allow-list: timers, watchdogs, writeback, scheduling, the network's stack.",
        "/proc/sys/…", "admin-guide/sysctl/, networking/ip-sysctl.rst",
        "net.* are those of the agent's network namespace, the node's own"));

    private const string Prefix = "kernel.sysctls";
    private const string Balancing = "kernel.numa_balancing";
    private const string RealTimeLimit = "kernel.sched_rt_runtime_us";

    /// <summary>
    /// From Linux 6.12 on each CPU has a server for threads of usual priority, whatever that sysctl says
    /// (<c>scheduler/sched-deadline.rst</c>).
    /// </summary>
    private const string FairServer = "/sys/kernel/debug/sched/fair_server";

    public override string Evidence { get; } = File(name);

    public override KnobReading Read(HostView host) => host.Files.Read(Evidence) switch
    {
        { Text: not null } when Usurper(host) is { } usurper => KnobReading.Refused(
            $"{usurper} is set on this node, and a write to {name} would zero it for good; "
            + $"write {name} on the node yourself, which does that, or take it out of the spec"),
        { Text: { } text } => KnobReading.Of(Normalised(text)) with { Remark = Limit(host.Files, Normalised(text)) },
        { Problem: { } problem } => KnobReading.Failed($"{Evidence}: {problem}"),
        // Real-time kernels are built without it.
        _ when name == Balancing => KnobReading.Of("0") with
        {
            Remark = $"this kernel has no {Evidence}, and moves no memory between "
            + "NUMA nodes by itself"
        },
        _ => KnobReading.Gone($"this kernel has no {Evidence}; take {name} out of the spec, or run a kernel that has it"),
    };

    public override string? Write(HostView host, string value) =>
        host.Files.WriteAttribute(Evidence, value) is { } problem
            ? $"{Evidence}: the kernel refused \"{value}\": {problem}{(problem == HostRoot.NotPermitted ? Remedy() : "")}"
            : null;

    /// <summary>The kernel prints several values with tabs between them, and CPUs in its own form, whatever was written.</summary>
    public override bool Same(string left, string right) =>
        Normalised(left) == Normalised(right)
        || (CpuSet.TryParse(name, left) is { } a && CpuSet.TryParse(name, right) is { } b && a.SetEquals(b));

    private static string File(string name) => "/proc/sys/" + name.Replace('.', '/');

    private static string Normalised(string value) => string.Join(' ', value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The other unit of the same setting, when that is the one in force.</summary>
    private string? Usurper(HostView host) =>
        AllowedSysctls.Counterpart(name) is { } other && host.Files.Read(File(other)).Text is { } text && Normalised(text) != "0"
            ? other
            : null;

    private string? Limit(IHost host, string value)
    {
        if (name != RealTimeLimit || value != "-1")
        {
            return null;
        }

        var limited = host.List(FairServer).Select(cpu => $"{FairServer}/{cpu}/runtime")
            .FirstOrDefault(file => host.Read(file).Text is { } runtime and not "0");
        return limited is null ? null
            : "this kernel takes time from real-time threads all the same, for others that wait on their CPU: "
                + $"{limited} is {host.Read(limited).Text} ns; write 0 to those of their CPUs, if no other thread need run there";
    }

    private string Remedy()
    {
        var capability = name switch
        {
            Balancing => "the capability SYS_ADMIN",
            _ when name.StartsWith("net.", StringComparison.Ordinal) => "the capability NET_ADMIN",
            _ => "a capability",
        };
        return $"; this needs {capability} that the agent lacks: "
            + $"add it to agent.capabilities in the chart's values, or take {name} out of the spec";
    }

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host)
    {
        // Checked by the operator, too; but what is here is written to the host.
        var sysctls = spec.Kernel?.Sysctls ?? new Dictionary<string, string>();
        return sysctls.Select(sysctl => AllowedSysctls.Check(sysctl.Key, sysctls, spec.VirtualWires) is { } refusal
            ? Wish.Refused($"{Prefix}[{sysctl.Key}]", sysctl.Value, $"{refusal.Problem}; {refusal.Remedy}")
            : Wish.For(new SysctlKnob(sysctl.Key), Normalised(sysctl.Value)));
    }

    // A name outside the list is still put back: an agent that knew it may have set it.
    private static SysctlKnob? FromKey(string key) =>
        Name().IsMatch(key) && !key.EndsWith('\n') && key.Length <= AllowedSysctls.MaxLength ? new(key) : null;

    [GeneratedRegex(Names.Sysctl)]
    private static partial Regex Name();
}

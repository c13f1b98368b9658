using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Journal;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// CPUs to which irqbalance moves nothing (irqbalance(1), <c>IRQBALANCE_BANNED_CPULIST</c>). A drop-in of systemd's gives it the list,
/// below <c>/run</c>: gone with the boot, and over what the administrator's file has. It is read back from the environment of the running
/// daemon. The file with the list goes last: while it is there without the drop-in, the daemon may still have the list.
/// </summary>
internal sealed class BalancerKnob() : Knob(Prefix)
{
    public static readonly KnobKind Kind = new(
        Prefix,
        Wishes,
        key => key.Length == 0 ? new BalancerKnob() : null,
        new(
            "irqbalance spreads interrupts over the other CPUs alone.", $"/proc/PID/environ of {Balancer}", "irqbalance(1), systemd.exec(5)",
            "Instead of irqAffinity, whose settings irqbalance would undo. The agent must reach the host's systemd"));

    public const string Balancer = "irqbalance";
    public const string DropIn = $"{Folder}/latlab.conf";
    public const string Environment = $"{Folder}/latlab.env";

    private const string Prefix = "cpu.irqbalanceBannedCpus";
    private const string Folder = "/run/systemd/system/irqbalance.service.d";
    private const string ListVariable = "IRQBALANCE_BANNED_CPULIST";

    /// <summary>Where distributions have the daemon's environment.</summary>
    private static readonly string[] Defaults = ["/etc/default/irqbalance", "/etc/sysconfig/irqbalance"];

    /// <summary>For irqbalance before 1.8, which knows no lists.</summary>
    private const string MaskVariable = "IRQBALANCE_BANNED_CPUS";

    /// <summary>The value while latlab gives it none, whatever others do.</summary>
    private const string Theirs = "not by latlab";

    /// <summary>The value when latlab was kept from having the daemon started without its list.</summary>
    private const string TakenBack = "being taken back";

    public override string Evidence => $"{Balancer}'s environment";

    public override KnobReading Read(HostView host)
    {
        var process = Processes.Named(host.Files, Balancer).FirstOrDefault();
        if (!host.Files.Exists(DropIn))
        {
            return host.Files.Exists(Environment) ? KnobReading.Of(TakenBack) with { Source = Environment } : process is null
                ? KnobReading.Gone($"{Balancer} does not run on this node: nothing moves interrupts by itself; use cpu.irqAffinity")
                : KnobReading.Of(Theirs);
        }

        if (process is null)
        {
            return KnobReading.Failed($"{Balancer} does not run any more; see journalctl -u {Balancer} on the node") with { Source = DropIn };
        }

        var file = $"/proc/{process}/environ";
        return host.Files.Read(file) switch
        {
            { Text: { } text } => KnobReading.Of(Banned(text)) with
            {
                Source = file,
                ConfiguredIn = Environment,
                Remark = Overridden(host.Files, Banned(text)),
            },
            { Problem: var problem } => KnobReading.Failed($"{file} cannot be read: {problem ?? "it has just ended"}"),
        };
    }

    /// <summary>A drop-in of ours was not there before us, even when the journal that said so is lost.</summary>
    public override string Journal(KnobReading before) => Theirs;

    public override string PriorOf(JournalEntry entry, KnobReading found) => Theirs;

    /// <summary>The daemon reads its environment when it starts, and keeps nothing that a restart would lose.</summary>
    public override string? Write(HostView host, string value)
    {
        if (!host.Files.Exists("/run/systemd/system"))
        {
            return "the agent does not reach the host's systemd: install the chart with boot.enabled=true";
        }

        try
        {
            return value == Theirs ? TakeBack(host) : Give(host, value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    public override string Shortfall(string wished, string found) =>
        $"asked for {wished}, and {Balancer} runs with {found}: was it started by something else than {Balancer}.service?";

    private static string? Give(HostView host, string list)
    {
        var mask = CpuMask.Format(CpuList.Parse(list));
        host.Files.ReplaceSystemFile(Environment, $"{ListVariable}={list}\n{MaskVariable}={mask}\n");
        host.Files.ReplaceSystemFile(DropIn, $"# Written by latlab from a TunedNode.\n[Service]\nEnvironmentFile={Environment}\n");
        return Ask(host, "daemon-reload") ?? Restart(host);
    }

    private static string? TakeBack(HostView host)
    {
        host.Files.Delete(DropIn);
        // Where none runs, it may be gone from the node, and need not be told.
        var problem = Ask(host, "daemon-reload") ?? (Processes.Named(host.Files, Balancer).Any() ? Restart(host) : null);
        if (problem is null)
        {
            host.Files.Delete(Environment);
        }

        return problem;
    }

    private static string? Restart(HostView host) => Ask(host, "try-restart", $"{Balancer}.service");

    private static string? Ask(HostView host, params string[] arguments) =>
        host.Files.RunOnHost("systemctl", arguments) is { Succeeded: false } outcome ? $"systemctl {string.Join(' ', arguments)}: {outcome.Error}" : null;

    private static string Banned(string environment) =>
        CpuList.TryParse(Variable(environment, '\0', ListVariable), out var cpus) ? CpuList.Format(cpus) : "no banned CPUs";

    /// <summary>
    /// What the administrator's file bans besides. CRI-O rewrites it for pods with <c>irq-load-balancing.crio.io: disable</c> and starts
    /// irqbalance anew (cri-o issues 6145, 9405): systemd reads ours after it, which stays in force without a fight.
    /// </summary>
    private static string? Overridden(IHost host, string banned)
    {
        var ours = CpuList.TryParse(banned, out var list) ? list : [];
        return Defaults
            .Select(file => (File: file, Cpus: InFile(host.Read(file).Text ?? "").Except(ours).ToList()))
            .Where(found => found.Cpus.Count > 0)
            .Select(found => $"{found.File} bans CPUs {CpuList.Format(found.Cpus)} as well, and latlab's drop-in is over it; CRI-O writes there for "
                + $"pods with irq-load-balancing.crio.io: add them to {Prefix}, or take that out of the spec and leave it to CRI-O")
            .FirstOrDefault();
    }

    private static IReadOnlyList<int> InFile(string text) => CpuList.TryParse(Variable(text, '\n', ListVariable), out var cpus)
        ? cpus
        : CpuMask.TryParse(Variable(text, '\n', MaskVariable) ?? "") ?? [];

    private static string? Variable(string environment, char separator, string name) => environment.Split(separator)
        .Select(variable => variable.Split('=', 2))
        .LastOrDefault(pair => pair.Length == 2 && pair[0].Trim() == name)?[1].Trim().Trim('"', '\'');

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        NodeCpus.Wishes(host, Prefix, spec.Cpu?.IrqbalanceBannedCpus, cpus =>
        {
            var list = CpuList.Format(cpus);
            return CpuList.TryParse(host.Files.Read(NodeCpus.Online).Text, out var online) && !online.Except(cpus).Any()
                ? [Wish.Refused(Prefix, list, "leaves no CPU of this node to interrupts; leave at least one out")]
                : [Wish.For(new BalancerKnob(), list)];
        });
}

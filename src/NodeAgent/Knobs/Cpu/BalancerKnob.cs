using Latlab.Crds;
using Latlab.Crds.NodeTunings;
using Latlab.NodeAgent.Host;
using Latlab.NodeAgent.Planning;

namespace Latlab.NodeAgent.Knobs.Cpu;

/// <summary>
/// CPUs to which irqbalance moves nothing (irqbalance(1), <c>IRQBALANCE_BANNED_CPULIST</c>). A drop-in of systemd's gives it the list,
/// below <c>/run</c>: gone with the boot, and over what the administrator's file has. It is read back from the environment of the running
/// daemon.
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

    /// <summary>For irqbalance before 1.8, which knows no lists.</summary>
    private const string MaskVariable = "IRQBALANCE_BANNED_CPUS";

    /// <summary>The value while latlab gives it none, whatever others do.</summary>
    private const string Theirs = "not by latlab";

    public override string Evidence => $"{Balancer}'s environment";

    public override KnobReading Read(HostView host)
    {
        var process = Processes.Named(host.Files, Balancer).FirstOrDefault();
        if (!host.Files.Exists(DropIn))
        {
            return process is null
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
            { Text: { } text } => KnobReading.Of(Banned(text)) with { Source = file },
            { Problem: var problem } => KnobReading.Failed($"{file} cannot be read: {problem ?? "it has just ended"}"),
        };
    }

    /// <summary>The daemon reads its environment when it starts, and keeps nothing that a restart would lose.</summary>
    public override string? Write(HostView host, string value)
    {
        if (!host.Files.Exists("/run/systemd/system"))
        {
            return "the agent does not reach the host's systemd: install the chart with boot.enabled=true";
        }

        try
        {
            if (value == Theirs)
            {
                host.Files.Delete(DropIn);
                host.Files.Delete(Environment);
            }
            else
            {
                var mask = CpuMask.Format(CpuList.Parse(value));
                host.Files.ReplaceSystemFile(Environment, $"{ListVariable}={value}\n{MaskVariable}={mask}\n");
                host.Files.ReplaceSystemFile(DropIn, $"# Written by latlab from a TunedNode.\n[Service]\nEnvironmentFile={Environment}\n");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }

        return Ask(host, "daemon-reload") ?? Ask(host, "try-restart", $"{Balancer}.service");
    }

    public override string Shortfall(string wished, string found) =>
        $"asked for {wished}, and {Balancer} runs with {found}: was it started by something else than {Balancer}.service?";

    private static string? Ask(HostView host, params string[] arguments) =>
        host.Files.RunOnHost("systemctl", arguments) is { Succeeded: false } outcome ? $"systemctl {string.Join(' ', arguments)}: {outcome.Error}" : null;

    private static string Banned(string environment)
    {
        var variables = environment.Split('\0').Select(variable => variable.Split('=', 2)).Where(pair => pair.Length == 2)
            .ToLookup(pair => pair[0], pair => pair[1]);
        return CpuList.TryParse(variables[ListVariable].LastOrDefault(), out var cpus) ? CpuList.Format(cpus) : "no banned CPUs";
    }

    private static IEnumerable<Wish> Wishes(NodeTuningSpec spec, HostView host) =>
        NodeCpus.Wishes(host, Prefix, spec.Cpu?.IrqbalanceBannedCpus, cpus =>
        {
            var list = CpuList.Format(cpus);
            return CpuList.TryParse(host.Files.Read(NodeCpus.Online).Text, out var online) && !online.Except(cpus).Any()
                ? [Wish.Refused(Prefix, list, "leaves no CPU of this node to interrupts; leave at least one out")]
                : [Wish.For(new BalancerKnob(), list)];
        });
}

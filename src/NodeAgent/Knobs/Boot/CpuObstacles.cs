using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What is wrong on a node with the CPUs of boot arguments, each by itself and all together.</summary>
internal sealed class CpuObstacles
{
    private const string Cpu = "/sys/devices/system/cpu";

    /// <summary>CPUs that the kernel can have, those that are switched off included.</summary>
    private const string PossibleFile = $"{Cpu}/possible";

    private const string Nodes = "/sys/devices/system/node";

    private readonly IHost _host;
    private readonly IReadOnlyList<int>? _possible;

    /// <summary>CPUs that will be off.</summary>
    private readonly IReadOnlyList<int> _off;

    /// <summary>Lists of CPUs that must be on, and who has them.</summary>
    private readonly IReadOnlyList<(string Who, string List)> _named;

    /// <summary>CPUs that are kept from the kernel and everybody else.</summary>
    private readonly IReadOnlySet<int> _taken;

    public CpuObstacles(IHost host, CpuTuning? cpu, IReadOnlyList<KernelArgument> arguments)
    {
        _host = host;
        _possible = CpuList.TryParse(host.Read(PossibleFile).Text, out var possible) ? possible : null;
        _off = arguments.Any(SwitchesThreadsOff) ? SecondThreads(host) : [];
        var isolating = arguments.Where(argument => argument.Name is "isolcpus" or "nohz_full" && argument.Value is not null).ToList();
        _named =
        [
            .. new (string, string?)[]
            {
                ("cpu.isolated", cpu?.Isolated), ("cpu.irqAffinity", cpu?.IrqAffinity), ("cpu.workqueueAffinity", cpu?.WorkqueueAffinity),
                ("cpu.kernelThreadAffinity", cpu?.KernelThreadAffinity), ("cpu.irqbalanceBannedCpus", cpu?.IrqbalanceBannedCpus),
            }.Where(list => list.Item2 is not null).Select(list => (list.Item1, list.Item2!)),
            .. isolating.Where(argument => KernelArgument.Cpus(argument.Value!) is not null)
                .Select(argument => (argument.Name, CpuList.Format(KernelArgument.Cpus(argument.Value!)!))),
        ];
        _taken = isolating.SelectMany(argument => KernelArgument.Cpus(argument.Value!) ?? [])
            .Concat(cpu is { Isolation: CpuIsolation.CgroupPartition } && CpuList.TryParse(cpu.Isolated, out var isolated) ? isolated : [])
            .Concat(_off)
            .ToHashSet();
    }

    /// <summary>
    /// Whether an argument leaves one thread of each core (<c>nosmt</c>), or may: that of a mitigation, on processors that need it
    /// (<c>admin-guide/kernel-parameters.rst</c>, <c>admin-guide/hw-vuln/l1tf.rst</c>).
    /// </summary>
    public static bool SwitchesThreadsOff(KernelArgument argument) => argument switch
    {
        { Name: "nosmt" } => true,
        { Name: "l1tf", Value: "full" or "full,force" } => true,
        { Value: { } value } => value.Split(',').Contains("nosmt"),
        _ => false,
    };

    public (string Problem, string Remedy)? Of(KernelArgument argument) => argument switch
    {
        _ when SwitchesThreadsOff(argument) => OfThreads(),
        { Name: "isolcpus" or "nohz_full" or "rcu_nocbs" or "irqaffinity" or "systemd.cpu_affinity", Value: { } value }
            when KernelArgument.Cpus(value) is { } cpus => OfCpus(argument.Name, cpus),
        _ => null,
    };

    private (string, string)? OfThreads() => _named
        .Select(named => (named.Who, named.List, Common: CpuList.Common(named.List, CpuList.Format(_off))))
        .Where(named => named.Common.Length > 0)
        .Select(named => ((string, string)?)(
            $"switches CPU {named.Common} off, a second thread of a core, and {named.Who} has it: {named.List}",
            $"name CPUs that stay, beside {CpuList.Format(_off)}, or leave this out"))
        .FirstOrDefault();

    private (string, string)? OfCpus(string name, IReadOnlyList<int> cpus)
    {
        if (_possible is null)
        {
            return null;
        }

        if (cpus.Except(_possible).ToList() is { Count: > 0 } missing)
        {
            return ($"names CPU {CpuList.Format(missing)}, which this node does not have: it has {CpuList.Format(_possible)}",
                "name others, or tune this node by another TunedNode");
        }

        // Interrupts and callbacks may be anywhere; work must find a CPU near its memory.
        return name is "isolcpus" or "nohz_full" && NodeWithout(_host, _taken, _possible) is { } node
            ? ($"leaves no CPU of NUMA node {node} to the kernel and everybody else, "
                    + $"with what else takes CPUs: {CpuList.Format(_taken.Order())}",
                "leave at least one CPU of each NUMA node out")
            : null;
    }

    /// <summary>A NUMA node whose CPUs are all taken; null when each keeps one.</summary>
    public static string? NodeWithout(IHost host, IEnumerable<int> taken, IReadOnlyList<int> possible)
    {
        var nodes = host.List(Nodes).Where(name => name.StartsWith("node", StringComparison.Ordinal))
            .Select(name => (Name: name[4..], Cpus: CpuList.TryParse(host.Read($"{Nodes}/{name}/cpulist").Text, out var cpus) ? cpus : []))
            .Where(node => node.Cpus.Count > 0)
            .DefaultIfEmpty((Name: "0", Cpus: possible));
        return nodes.FirstOrDefault(node => !node.Cpus.Except(taken).Any()).Name;
    }

    /// <summary>All threads but the first of each core: the kernel keeps that one.</summary>
    private static IReadOnlyList<int> SecondThreads(IHost host) =>
    [
        .. host.List(Cpu)
            .Select(name => name.StartsWith("cpu", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1)
            .Where(number => number >= 0
                && CpuList.TryParse(host.Read($"{Cpu}/cpu{number}/topology/thread_siblings_list").Text?.Trim(), out var threads)
                && threads[0] != number)
            .Order(),
    ];
}

using System.Globalization;
using Latlab.Crds;
using Latlab.Crds.Validation;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What only the node shows to be wrong with an argument: CPUs and memory that it does not have, or cannot spare.</summary>
internal static class BootObstacles
{
    /// <summary>CPUs that the kernel can have, those that are switched off included.</summary>
    private const string Possible = "/sys/devices/system/cpu/possible";

    private const string Nodes = "/sys/devices/system/node";
    private const string Pools = "/sys/kernel/mm/hugepages";

    /// <summary>Of the memory, in percent: the rest is for the kernel, kubelet and everybody else.</summary>
    private const int MostForPools = 90;

    public static (string Problem, string Remedy)? Of(IHost host, KernelArgument argument) => argument switch
    {
        { PoolSize: { } size } => OfPool(host, size),
        { Name: "isolcpus" or "nohz_full" or "rcu_nocbs" or "irqaffinity", Value: { } value } when KernelArgument.Cpus(value) is { } cpus => OfCpus(host, argument.Name, cpus),
        _ => null,
    };

    private static (string, string)? OfCpus(IHost host, string name, IReadOnlyList<int> cpus)
    {
        if (!CpuList.TryParse(host.Read(Possible).Text, out var possible))
        {
            return null;
        }

        if (cpus.Except(possible).ToList() is { Count: > 0 } missing)
        {
            return ($"names CPU {CpuList.Format(missing)}, which this node does not have: it has {CpuList.Format(possible)}", "name others, or tune this node by another TunedNode");
        }

        // Interrupts and callbacks may be anywhere; work must find a CPU near its memory.
        return name is "isolcpus" or "nohz_full" && NodeWithout(host, cpus, possible) is { } node
            ? ($"leaves no CPU of NUMA node {node} to the kernel and everybody else", "leave at least one CPU of each NUMA node out")
            : null;
    }

    private static string? NodeWithout(IHost host, IReadOnlyList<int> taken, IReadOnlyList<int> possible)
    {
        var nodes = host.List(Nodes).Where(name => name.StartsWith("node", StringComparison.Ordinal))
            .Select(name => (Name: name[4..], Cpus: CpuList.TryParse(host.Read($"{Nodes}/{name}/cpulist").Text, out var cpus) ? cpus : []))
            .Where(node => node.Cpus.Count > 0)
            .DefaultIfEmpty((Name: "0", Cpus: possible));
        return nodes.FirstOrDefault(node => !node.Cpus.Except(taken).Any()).Name;
    }

    /// <summary>What is wrong with all pools together.</summary>
    public static (string Problem, string Remedy)? OfPools(IHost host, IEnumerable<KernelArgument> arguments)
    {
        var total = arguments.Where(argument => argument.PoolSize is not null)
            .Sum(argument => BootEvidence.KibiBytes(argument.PoolSize!) * long.Parse(argument.Value!, NumberStyles.None, CultureInfo.InvariantCulture));
        return MemoryKibiBytes(host) is { } memory && total > memory / 100 * MostForPools
            ? ($"is {total / 1024} MiB with all other pools, more than {MostForPools} % of this node's {memory / 1024} MiB", "ask for fewer pages")
            : null;
    }

    private static (string, string)? OfPool(IHost host, string size)
    {
        var sizes = host.List(Pools);
        return sizes.Count > 0 && !sizes.Contains($"hugepages-{BootEvidence.KibiBytes(size)}kB")
            ? ("is a size that this node's processor does not have: there are "
                + string.Join(", ", sizes.Select(name => name["hugepages-".Length..])), "ask for one of those")
            : null;
    }

    private static long? MemoryKibiBytes(IHost host) => host.Read("/proc/meminfo").Text?.Split('\n')
        .FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var kibiBytes, ..]
            && long.TryParse(kibiBytes, NumberStyles.None, CultureInfo.InvariantCulture, out var memory)
            ? memory
            : null;
}

using Latlab.Crds.Validation;
using Latlab.NodeAgent.Boot;
using Latlab.NodeAgent.Host;

namespace Latlab.NodeAgent.Knobs.Boot;

/// <summary>What is wrong on a node with its pools of huge pages at boot, each by itself and all together.</summary>
internal sealed class PoolObstacles(IHost host, IReadOnlyList<KernelArgument> arguments)
{
    private const string Pools = "/sys/kernel/mm/hugepages";
    private const string Nodes = "/sys/devices/system/node";

    /// <summary>The first kernel that takes them by NUMA node; before, <c>0:4</c> is no number, and makes no page.</summary>
    private const string ByNode = "5.16";

    private readonly Lazy<(string, string)?> _together = new(() => TooMany(host, arguments));

    public (string Problem, string Remedy)? Of(KernelArgument argument) =>
        argument.PoolSize is { } size ? OfSize(size) ?? OfNodes(argument) ?? _together.Value : null;

    private (string, string)? OfSize(string size)
    {
        var sizes = host.List(Pools);
        return sizes.Count > 0 && !sizes.Contains($"hugepages-{BootEvidence.KibiBytes(size)}kB")
            ? ("is a size that this node's processor does not have: there are "
                + string.Join(", ", sizes.Select(name => name["hugepages-".Length..])), "ask for one of those")
            : null;
    }

    private (string, string)? OfNodes(KernelArgument argument)
    {
        var asked = argument.Pages.Select(pages => pages.Node).OfType<int>().ToList();
        if (asked.Count == 0)
        {
            return null;
        }

        if (host.Read("/proc/sys/kernel/osrelease").Text is { } release && KernelRelease.Compare(release, ByNode) < 0)
        {
            return ($"is by NUMA node, which this kernel ({release}) does not take: Linux {ByNode} does",
                "write one number, which the kernel spreads over all nodes");
        }

        var there = host.List(Nodes);
        var missing = asked.Where(node => !there.Contains($"node{node}") && !(there.Count == 0 && node == 0)).ToList();
        return missing.Count > 0
            ? ($"names NUMA node {string.Join(", ", missing)}, which this node does not have", "name others, or tune this node by another TunedNode")
            : null;
    }

    /// <summary>By the same rule as at run time (<see cref="NodeMemory.ReserveOf"/>), of the whole memory and of each NUMA node's.</summary>
    private static (string, string)? TooMany(IHost host, IReadOnlyList<KernelArgument> arguments)
    {
        var pages = arguments.Where(argument => argument.PoolSize is not null)
            .SelectMany(argument => argument.Pages.Select(part => (
                part.Node, KibiBytes: part.Count * BootEvidence.KibiBytes(argument.PoolSize!))))
            .ToList();
        return pages.Where(part => part.Node is not null).GroupBy(part => part.Node).Select(node =>
                Refusal(
                    node.Sum(part => part.KibiBytes), NodeMemory.TotalOf(host, $"{Nodes}/node{node.Key}/meminfo"), $"NUMA node {node.Key}'s"))
            .Append(Refusal(pages.Sum(part => part.KibiBytes), NodeMemory.TotalOf(host, "/proc/meminfo"), "this node's"))
            .FirstOrDefault(refusal => refusal is not null);
    }

    private static (string, string)? Refusal(long asked, long? memory, string whose) =>
        memory is { } total && NodeMemory.ReserveOf(total) is var reserve && asked > total - reserve
            ? ($"is {asked / 1024} MiB with all other pools, and of {whose} {total / 1024} MiB {reserve / 1024} MiB must be left",
                "ask for fewer pages")
            : null;
}

using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Runs;

namespace Latlab.Operator.TunedNodes;

/// <summary>What kubelet knows of a node's hugepages: it counts them when it starts (kubernetes/kubernetes#111757).</summary>
internal static class KubeletHugePages
{
    /// <summary>The first size of which it offers less to pods than the spec made, in words; null when it offers all.</summary>
    public static string? Uncounted(MemoryTuning? memory, V1Node node) => (memory?.HugePages ?? [])
        .GroupBy(pool => pool.Size)
        .Select(pools => (Resource: $"hugepages-{pools.Key}", Bytes: pools.Sum(pool => HugePages.PageBytes(pool.Size) * pool.Count)))
        .Where(asked => Offered(node, asked.Resource) < asked.Bytes)
        .Select(asked => $"kubelet offers {Offered(node, asked.Resource) / HugePages.MiB} of {asked.Bytes / HugePages.MiB} MiB of {asked.Resource} to pods")
        .FirstOrDefault();

    private static long Offered(V1Node node, string resource) => (long)NodeResources.Allocatable(node, resource);
}

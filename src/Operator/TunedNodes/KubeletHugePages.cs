using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// What kubelet knows of a node's hugepages: it counts them when it starts (kubernetes/kubernetes#111757), and offers as many until it is
/// restarted, those that came meanwhile not, those that went still. Pure.
/// </summary>
internal static class KubeletHugePages
{
    /// <summary>Whether the agent has said how many there are with what is wished now.</summary>
    public static bool AreSeen(V1Alpha1NodeTuning? tuning) =>
        tuning?.Status is { HugePages.Count: > 0 } status && status.ObservedGeneration == tuning.Metadata.Generation;

    /// <summary>Whether all pools that are made at run time are there: a kubelet that counts before would count again.</summary>
    public static bool AreMade(V1Alpha1NodeTuning tuning) => tuning.Status!.Ledger
        .Where(entry => entry.Knob.StartsWith("memory.hugePages[", StringComparison.Ordinal))
        .All(entry => entry.State == KnobState.InEffect);

    /// <summary>The first size of which it offers less or more than the node has, in words; null when it knows all, or nobody has looked.</summary>
    public static string? Miscounted(V1Alpha1NodeTuning tuning, V1Node node) => AreSeen(tuning) ? Miscounted(tuning.Status!, node) : null;

    /// <summary>The same of a node that is given up.</summary>
    public static string? Miscounted(NodeTuningStatus status, V1Node node) => status.HugePages
        .Select(seen => (Resource: $"hugepages-{seen.Size}", Bytes: HugePages.PageBytes(seen.Size) * seen.Count))
        .Select(seen => (seen.Resource, seen.Bytes, Offered: (long)NodeResources.Allocatable(node, seen.Resource)))
        .Where(seen => seen.Offered != seen.Bytes)
        .Select(seen => seen.Offered < seen.Bytes
            ? $"kubelet offers {seen.Offered / HugePages.MiB} of {seen.Bytes / HugePages.MiB} MiB of {seen.Resource} to pods"
            : $"kubelet offers {seen.Offered / HugePages.MiB} MiB of {seen.Resource} to pods, and there are {seen.Bytes / HugePages.MiB}: pods that get the rest fail")
        .FirstOrDefault();
}

using Latlab.Crds;

namespace Latlab.NodeAgent.Kubelet;

/// <summary>What of a node its kubelet's settings are held against.</summary>
/// <param name="Isolated">CPUs that are isolated, ascending; not empty.</param>
/// <param name="Online">CPUs that there are, ascending.</param>
/// <param name="NumaNodes">How many NUMA nodes it has.</param>
/// <param name="HasHugePages">Whether pods shall have hugepages.</param>
internal sealed record NodeLayout(IReadOnlyList<int> Isolated, IReadOnlyList<int> Online, int NumaNodes, bool HasHugePages);

/// <summary>
/// Holds kubelet's settings against the isolated CPUs, pure. Kubelet knows nothing of isolation (kubernetes/community#2435 was closed
/// unmerged): only where the CPUs that it reserves are exactly those that are not isolated, a pod with CPUs of its own runs on isolated
/// ones, and no other CPU is kept from pods.
/// </summary>
internal static class KubeletCheck
{
    /// <summary>What does not fit and the exact remedy, in words; null when all fits.</summary>
    public static string? Mismatch(KubeletReading kubelet, NodeLayout node)
    {
        var settings = kubelet.Settings!;
        var wished = Wished(settings, node).ToList();
        if (wished.Count > 0)
        {
            return $"{string.Join("; ", wished.Select(wish => wish.Problem))}. {Remedy(kubelet, wished)}";
        }

        return kubelet.RunningCpuManagerPolicy is { } running && running != settings.CpuManagerPolicy
            ? $"kubelet runs with the CPU manager policy {running} ({kubelet.CpuManagerState}), and is configured with {settings.CpuManagerPolicy}. Restart it"
            : null;
    }

    private static IEnumerable<Correction> Wished(KubeletSettings settings, NodeLayout node)
    {
        var isolated = CpuList.Format(node.Isolated);
        var housekeeping = CpuList.Format(node.Online.Except(node.Isolated));
        var isStatic = settings.CpuManagerPolicy == "static";
        if (!isStatic)
        {
            yield return new(
                KubeletSettings.CpuManagerField, "static", $"the CPU manager policy is {settings.CpuManagerPolicy}: no pod gets CPUs of its own", ChangesState: true);
        }

        var reserved = settings.ReservedSystemCpus;
        if (!CpuList.TryParse(reserved, out var cpus) || !cpus.Intersect(node.Online).SequenceEqual(node.Online.Except(node.Isolated)))
        {
            var problem = reserved is null
                ? $"kubelet chooses itself which CPUs it reserves, and knows nothing of the isolated {isolated}"
                : $"the reserved CPUs are {reserved}, and not the {housekeeping} that are left beside the isolated {isolated}"
                    + (CpuList.Common(reserved, isolated) is { Length: > 0 } both ? $": no pod can have {both} for its own" : ": a pod's own CPU may be one that is not isolated");
            yield return new(KubeletSettings.ReservedField, housekeeping, problem, ChangesState: true);
        }

        if (node.NumaNodes < 2)
        {
            yield break;
        }

        if (settings.TopologyManagerPolicy is not ("single-numa-node" or "restricted"))
        {
            yield return new(
                KubeletSettings.TopologyManagerField, "single-numa-node",
                $"the topology manager policy is {settings.TopologyManagerPolicy}, and the node has {node.NumaNodes} NUMA nodes: a pod's CPUs and port may be of different ones",
                ChangesState: false);
        }

        if (node.HasHugePages && settings.MemoryManagerPolicy != "Static")
        {
            yield return new(
                KubeletSettings.MemoryManagerField, "Static",
                $"the memory manager policy is {settings.MemoryManagerPolicy}, and the node has {node.NumaNodes} NUMA nodes: a pod's hugepages may be of another one than its CPUs",
                ChangesState: true);
        }
    }

    private static string Remedy(KubeletReading kubelet, IReadOnlyList<Correction> wished)
    {
        var settings = kubelet.Settings!;
        var flags = wished.Where(wish => settings.ByFlag.Contains(wish.Field)).Select(wish => $"--{KubeletSettings.Flags[wish.Field]}={wish.Value}").ToList();
        var fields = wished.Where(wish => !settings.ByFlag.Contains(wish.Field)).Select(wish => $"{wish.Field}: \"{wish.Value}\"").ToList();
        var file = kubelet.Files.Count > 1 ? kubelet.Files[^1] : "kubelet's configuration";
        List<string> steps =
        [
            .. fields.Count > 0 ? [$"set in {file} {string.Join(", ", fields)}"] : Array.Empty<string>(),
            .. flags.Count > 0 ? [$"start kubelet with {string.Join(" ", flags)}"] : Array.Empty<string>(),
        ];
        if (wished.Any(wish => wish.Field == KubeletSettings.MemoryManagerField))
        {
            steps.Add("give reservedMemory as much as kubeReserved, systemReserved and evictionHard take together");
        }

        // It ends at once when it finds what another policy left (kubernetes/kubernetes#84333).
        var state = wished.Any(wish => wish.ChangesState)
            ? $"drain the node, stop kubelet, remove {kubelet.CpuManagerState} and {kubelet.StateDirectory}/memory_manager_state, and start it"
            : "restart kubelet";
        return $"Remedy: {string.Join(", ", steps)}; then {state}";
    }

    /// <summary>A field that should have another value.</summary>
    /// <param name="Field">Its name.</param>
    /// <param name="Value">The value.</param>
    /// <param name="Problem">What is wrong with the one that it has.</param>
    /// <param name="ChangesState">Whether kubelet refuses to start with the state that it kept under the former value.</param>
    private sealed record Correction(string Field, string Value, string Problem, bool ChangesState);
}

namespace Latlab.Crds.NodeTunings;

/// <summary>
/// How kubelet of a node shares out its CPUs and memory, by its command line and its configuration (<c>kubelet.config.k8s.io/v1beta1</c>).
/// </summary>
public sealed record KubeletStatus
{
    /// <summary><c>cpuManagerPolicy</c>: with <c>static</c>, whole CPUs of Guaranteed pods are their own.</summary>
    public string? CpuManagerPolicy { get; init; }

    /// <summary><c>reservedSystemCPUs</c>: never any pod's own.</summary>
    public string? ReservedSystemCpus { get; init; }

    /// <summary><c>topologyManagerPolicy</c>: whether a pod's CPUs, memory and devices are of one NUMA node.</summary>
    public string? TopologyManagerPolicy { get; init; }

    /// <summary><c>memoryManagerPolicy</c>: with <c>Static</c>, memory and hugepages of Guaranteed pods are of chosen NUMA nodes.</summary>
    public string? MemoryManagerPolicy { get; init; }

    /// <summary>Where that was read.</summary>
    public string? Evidence { get; init; }

    /// <summary>Why it could not be read; null when it could.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Why kubelet, restarted while the node has other hugepages than it counted, would or might not start again, and what to do instead;
    /// null when it would.
    /// </summary>
    public string? RestartHazard { get; init; }

    /// <summary>The newest <see cref="KubeletRestartGrant"/> that was used; written before the restart.</summary>
    public string? RestartedFor { get; init; }

    /// <summary>Why that restart failed; null when it did not.</summary>
    public string? RestartProblem { get; init; }
}

namespace Latlab.NodeAgent.Kubelet;

/// <summary>What was found of a node's kubelet: its settings, or why there are none.</summary>
internal sealed record KubeletReading
{
    public KubeletSettings? Settings { get; init; }

    /// <summary>Whether there is one, be it that nobody can see it: part of another program (k3s, MicroK8s' kubelite) it has no process of its own.</summary>
    public bool IsThere { get; init; }

    /// <summary>Files in which the settings were found; for a remedy, the last one that kubelet reads comes last.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Where kubelet keeps what it gave to whom (<c>--root-dir</c>).</summary>
    public string StateDirectory { get; init; } = "/var/lib/kubelet";

    /// <summary>
    /// The policy that the running kubelet's CPU manager has, by the state that it keeps; null when that is not to be seen.
    /// </summary>
    public string? RunningCpuManagerPolicy { get; init; }

    /// <summary>The same of its memory manager.</summary>
    public string? RunningMemoryManagerPolicy { get; init; }

    /// <summary>The CPU manager's policy, by its state or else by the settings; null when neither is to be seen.</summary>
    public string? CpuManagerPolicy => RunningCpuManagerPolicy ?? Settings?.CpuManagerPolicy;

    /// <summary>The same of the memory manager.</summary>
    public string? MemoryManagerPolicy => RunningMemoryManagerPolicy ?? Settings?.MemoryManagerPolicy;

    /// <summary>Why there are no settings; null when there are.</summary>
    public string? Problem { get; init; }

    public string CpuManagerState => $"{StateDirectory}/cpu_manager_state";

    public string MemoryManagerState => $"{StateDirectory}/memory_manager_state";
}

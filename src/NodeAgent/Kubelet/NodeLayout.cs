namespace Latlab.NodeAgent.Kubelet;

/// <summary>What of a node its kubelet's settings are held against.</summary>
/// <param name="Isolated">CPUs that are isolated, ascending; none where nothing is.</param>
/// <param name="Online">CPUs that there are, ascending.</param>
/// <param name="NumaNodes">How many NUMA nodes it has.</param>
internal sealed record NodeLayout(IReadOnlyList<int> Isolated, IReadOnlyList<int> Online, int NumaNodes)
{
    /// <summary>Whether the kernel makes hugepages when it boots.</summary>
    public bool HasBootPools { get; init; }

    /// <summary>Whether the agent makes some after kubelet's start, or is to.</summary>
    public bool HasLatePools { get; init; }

    /// <summary>Whether the agent switched threads off after kubelet's start, and will again after each boot.</summary>
    public bool HasThreadsOffLate { get; init; }

    /// <summary>Cores with several threads of which at least one is isolated: their threads, ascending.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Cores { get; init; } = [];
}

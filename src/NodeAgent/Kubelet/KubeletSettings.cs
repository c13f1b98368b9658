namespace Latlab.NodeAgent.Kubelet;

/// <summary>
/// Fields of kubelet's configuration that decide who gets which CPUs and memory; with kubelet's defaults where nothing is said.
/// </summary>
internal sealed record KubeletSettings
{
    public const string CpuManagerField = "cpuManagerPolicy";
    public const string CpuManagerOptionsField = "cpuManagerPolicyOptions";
    public const string ReservedField = "reservedSystemCPUs";
    public const string TopologyManagerField = "topologyManagerPolicy";
    public const string MemoryManagerField = "memoryManagerPolicy";

    /// <summary>The fields, and the flags of the same meaning, which win (<c>kubelet --help</c>).</summary>
    public static readonly IReadOnlyDictionary<string, string> Flags = new Dictionary<string, string>
    {
        [CpuManagerField] = "cpu-manager-policy",
        [CpuManagerOptionsField] = "cpu-manager-policy-options",
        [ReservedField] = "reserved-cpus",
        [TopologyManagerField] = "topology-manager-policy",
        [MemoryManagerField] = "memory-manager-policy",
    };

    public string CpuManagerPolicy { get; init; } = "none";

    /// <summary>Options of the static policy, all off by default.</summary>
    public IReadOnlyDictionary<string, string> CpuManagerOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Null when kubelet chooses them itself, as many as <c>kubeReserved</c> and <c>systemReserved</c> say.</summary>
    public string? ReservedSystemCpus { get; init; }

    public string TopologyManagerPolicy { get; init; } = "none";

    public string MemoryManagerPolicy { get; init; } = "None";

    /// <summary>Fields that a flag decides.</summary>
    public IReadOnlySet<string> ByFlag { get; init; } = new HashSet<string>();

    /// <summary>Whether an option of the static policy is on.</summary>
    public bool Has(string option) => bool.TryParse(CpuManagerOptions.GetValueOrDefault(option), out var isOn) && isOn;

    /// <summary>Of fields and flags by name; empty texts stand for the default.</summary>
    public static KubeletSettings From(IReadOnlyDictionary<string, string> fields, IReadOnlyDictionary<string, string> flags)
    {
        var byFlag = Flags.Where(pair => flags.GetValueOrDefault(pair.Value) is { Length: > 0 }).Select(pair => pair.Key).ToHashSet();
        var defaults = new KubeletSettings();
        return new()
        {
            CpuManagerPolicy = Value(CpuManagerField) ?? defaults.CpuManagerPolicy,
            CpuManagerOptions = KubeletOptions.Parse(Value(CpuManagerOptionsField)),
            ReservedSystemCpus = Value(ReservedField),
            TopologyManagerPolicy = Value(TopologyManagerField) ?? defaults.TopologyManagerPolicy,
            MemoryManagerPolicy = Value(MemoryManagerField) ?? defaults.MemoryManagerPolicy,
            ByFlag = byFlag,
        };

        string? Value(string field) => byFlag.Contains(field) ? flags[Flags[field]] : fields.GetValueOrDefault(field) is { Length: > 0 } text ? text : null;
    }
}

namespace Latlab.Operator.Reboots;

/// <summary>What to do about the reboots of a TunedNode's nodes, and how they stand.</summary>
internal sealed record RebootPlan
{
    public required IReadOnlyList<RebootStep> Steps { get; init; }

    /// <summary>How the nodes stand, by name: those that need a reboot, or are in one.</summary>
    public required IReadOnlyDictionary<string, RebootView> Views { get; init; }

    /// <summary>Nodes that hold a slot.</summary>
    public required int Slots { get; init; }

    /// <summary>The node that lets no further one be rebooted; null when none does.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>Whether nodes are to carry the startup taint, and the operator has no right to set it, nor to take it away.</summary>
    public bool TaintIsLeftOut { get; init; }

    /// <summary>When to look again though nothing changes.</summary>
    public DateTimeOffset? NextLook { get; init; }
}

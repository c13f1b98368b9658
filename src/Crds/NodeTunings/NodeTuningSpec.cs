using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.NodeTunings;

/// <summary>What one node shall be like: a TunedNode, resolved for the node whose name this object bears. Written by the operator alone.</summary>
public sealed record NodeTuningSpec
{
    /// <summary>The TunedNode that this comes from.</summary>
    [Required]
    public TunedNodeReference TunedNode { get; init; } = new();

    /// <inheritdoc cref="TunedNodeSpec.Memory"/>
    public MemoryTuning? Memory { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.Kernel"/>
    public KernelTuning? Kernel { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.VirtualWires"/>
    [ListMapKeys("name")]
    public IReadOnlyList<VirtualWire> VirtualWires { get; init; } = [];

    /// <inheritdoc cref="TunedNodeSpec.Interfaces"/>
    [ListMapKeys("name")]
    public IReadOnlyList<OfferedInterface> Interfaces { get; init; } = [];

    /// <inheritdoc cref="TunedNodeSpec.Drift"/>
    [DefaultValue(DriftPolicy.Repair)]
    public DriftPolicy Drift { get; init; } = DriftPolicy.Repair;
}

/// <summary>A TunedNode at one of its generations.</summary>
public sealed record TunedNodeReference
{
    /// <summary>Name.</summary>
    [Required]
    public string Name { get; init; } = "";

    /// <summary>UID.</summary>
    [Required]
    public string Uid { get; init; } = "";

    /// <summary>Generation of its spec.</summary>
    [Required]
    public long Generation { get; init; }
}

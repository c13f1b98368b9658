using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Schema;
using Latlab.Crds.TunedNodes;

namespace Latlab.Crds.NodeTunings;

/// <summary>
/// What one node shall be like: a TunedNode, resolved for the node whose name this object bears. Written by the operator alone.
/// </summary>
public sealed record NodeTuningSpec
{
    /// <summary>The TunedNode that this comes from.</summary>
    [Required]
    public TunedNodeReference TunedNode { get; set; } = new();

    /// <inheritdoc cref="TunedNodeSpec.Cpu"/>
    public CpuTuning? Cpu { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.Cache"/>
    public CacheTuning? Cache { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.Memory"/>
    public MemoryTuning? Memory { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.Kernel"/>
    public KernelTuning? Kernel { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.Boot"/>
    public BootTuning? Boot { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.NoiseCheck"/>
    public NoiseCheckTuning? NoiseCheck { get; init; }

    /// <inheritdoc cref="TunedNodeSpec.NetworkDevices"/>
    [ListMapKeys("device")]
    public IReadOnlyList<NetworkDeviceTuning> NetworkDevices { get; set; } = [];

    /// <inheritdoc cref="TunedNodeSpec.StoppedServices"/>
    public IReadOnlyList<string> StoppedServices { get; set; } = [];

    /// <inheritdoc cref="TunedNodeSpec.Devices"/>
    [ListMapKeys("name")]
    public IReadOnlyList<DeviceTuning> Devices { get; set; } = [];

    /// <inheritdoc cref="TunedNodeSpec.VirtualWires"/>
    [ListMapKeys("name")]
    public IReadOnlyList<VirtualWire> VirtualWires { get; set; } = [];

    /// <inheritdoc cref="TunedNodeSpec.Interfaces"/>
    [ListMapKeys("name")]
    public IReadOnlyList<OfferedInterface> Interfaces { get; set; } = [];

    /// <inheritdoc cref="TunedNodeSpec.Drift"/>
    [DefaultValue(DriftPolicy.Repair)]
    public DriftPolicy Drift { get; set; } = DriftPolicy.Repair;
}

/// <summary>A TunedNode at one of its generations.</summary>
public sealed record TunedNodeReference
{
    /// <summary>Name.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>UID.</summary>
    [Required]
    public string Uid { get; set; } = "";

    /// <summary>Generation of its spec.</summary>
    [Required]
    public long Generation { get; init; }
}

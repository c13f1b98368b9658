using System.ComponentModel.DataAnnotations;
using Latlab.Crds.Experiments;
using Latlab.Crds.Schema;
using Latlab.Crds.Validation;

namespace Latlab.Crds.Runs;

/// <summary>One run of an experiment on one node, with every name resolved. Written by the operator alone.</summary>
public sealed record LatencyRunSpec
{
    /// <summary>The experiment, in the run's namespace.</summary>
    [Required]
    [RegularExpression(Names.Subdomain)]
    public string Experiment { get; set; } = "";

    /// <summary>Which repetition this is, from 1.</summary>
    [Required]
    [Range(1, 1000)]
    public int Repetition { get; init; }

    /// <summary>The TunedNode that offers the interfaces.</summary>
    [Required]
    public string TunedNode { get; set; } = "";

    /// <summary>The node.</summary>
    [Required]
    [RegularExpression(Names.Subdomain)]
    public string NodeName { get; set; } = "";

    /// <inheritdoc cref="LatencyExperimentSpec.Forwarder"/>
    public ForwarderSpec? Forwarder { get; init; }

    /// <inheritdoc cref="LatencyExperimentSpec.Traffic"/>
    [Required]
    public TrafficSpec Traffic { get; set; } = new();

    /// <inheritdoc cref="LatencyExperimentSpec.Measurement"/>
    [Required]
    public MeasurementSpec Measurement { get; set; } = new();

    /// <inheritdoc cref="LatencyExperimentSpec.Artifacts"/>
    public ArtifactsSpec? Artifacts { get; init; }

    /// <summary>The network device behind each logical name that is used above.</summary>
    [Required]
    [ListMapKeys("name")]
    public IReadOnlyList<ResolvedInterface> Interfaces { get; set; } = [];
}

/// <summary>A logical name and the device behind it.</summary>
public sealed record ResolvedInterface
{
    /// <summary>Logical name.</summary>
    [Required]
    [RegularExpression(Names.Label)]
    public string Name { get; set; } = "";

    /// <summary>Network device on the node.</summary>
    [Required]
    [RegularExpression(Names.Device)]
    public string Device { get; set; } = "";
}

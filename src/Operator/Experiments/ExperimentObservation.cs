using k8s.Models;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Experiments;

/// <summary>Everything that decides what an experiment does next.</summary>
internal sealed record ExperimentObservation
{
    public required V1Alpha1LatencyExperiment Experiment { get; init; }

    /// <summary>The TunedNode that it names; null when there is none.</summary>
    public V1Alpha1TunedNode? TunedNode { get; init; }

    /// <summary>NodeTunings of that TunedNode, by name.</summary>
    public IReadOnlyList<V1Alpha1NodeTuning> Tunings { get; init; } = [];

    /// <summary>Nodes by name.</summary>
    public IReadOnlyDictionary<string, V1Node> Nodes { get; init; } = new Dictionary<string, V1Node>();

    /// <summary>Its runs, and only its own.</summary>
    public IReadOnlyList<V1Alpha1LatencyRun> Runs { get; init; } = [];
}

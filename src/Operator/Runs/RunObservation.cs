using k8s.Models;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>Everything that decides what a run does next.</summary>
internal sealed record RunObservation
{
    public required V1Alpha1LatencyRun Run { get; init; }

    /// <summary>The tuning of the run's node; null when there is none.</summary>
    public V1Alpha1NodeTuning? Tuning { get; init; }

    /// <summary>Whether the node is still a member of the cluster.</summary>
    public bool NodeExists { get; init; } = true;

    /// <summary>The reservation of the run's node, whoever holds it.</summary>
    public V1Lease? Lease { get; init; }

    /// <summary>The experiment that the run names; null when there is none.</summary>
    public V1Alpha1LatencyExperiment? Experiment { get; init; }

    /// <summary>Whether the reservation's holder is a run that ended or is gone, as far as the caches know.</summary>
    public bool LeaseIsStale { get; init; }

    public PodState? Meter { get; init; }

    public PodState? Forwarder { get; init; }

    public PodState? Generator { get; init; }

    public string RunUid => Run.Metadata.Uid;

    public PodState? Pod(RunRole role) => role switch
    {
        RunRole.Meter => Meter,
        RunRole.Forwarder => Forwarder,
        _ => Generator,
    };
}

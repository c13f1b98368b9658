using System.Globalization;
using k8s;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Experiments;

/// <summary>
/// An experiment is not to be changed once it has runs: medians over runs of different specs would be nobody's. Only the number of
/// repetitions may change, and that until the experiment is complete.
/// </summary>
internal static class SpecChange
{
    private const string Remedy = "make another experiment with the new spec";

    /// <summary>What was changed since the first run was made; null when nothing was.</summary>
    public static Refusal? Refusal(V1Alpha1LatencyExperiment experiment, IReadOnlyList<V1Alpha1LatencyRun> runs)
    {
        if (runs.Count == 0)
        {
            return null;
        }

        var spec = experiment.Spec;
        var first = runs[0].Spec;
        (string Field, object? Now, object? Then)[] parts =
        [
            ("spec.tunedNode", spec.TunedNode, first.TunedNode),
            // Left out, it is the node that the first run was given.
            ("spec.nodeName", spec.NodeName ?? first.NodeName, first.NodeName),
            ("spec.forwarder", spec.Forwarder, first.Forwarder),
            ("spec.traffic", spec.Traffic, first.Traffic),
            ("spec.measurement", spec.Measurement, first.Measurement),
            ("spec.artifacts", spec.Artifacts, first.Artifacts),
        ];
        var changed = parts.FirstOrDefault(p => Text(p.Now) != Text(p.Then));
        return changed.Field is null
            ? null
            : new Refusal(changed.Field, Text(changed.Now), $"was changed after run \"{runs[0].Metadata.Name}\" was made", Remedy);
    }

    /// <summary>What makes the spec of an experiment that is complete another one than was measured; null when nothing does.</summary>
    public static Refusal? AfterEnd(V1Alpha1LatencyExperiment experiment, IReadOnlyList<V1Alpha1LatencyRun> runs)
    {
        if (runs.Count == 0)
        {
            return new Refusal(
                "spec", $"generation {experiment.Metadata.Generation}", "was changed after the experiment ended, and no run is left to compare it with", Remedy);
        }

        var made = experiment.Status?.Runs is { } counts ? counts.Complete + counts.Invalid + counts.Failed : runs.Count;
        return Refusal(experiment, runs) ?? (experiment.Spec.Repetitions > made
            ? new Refusal(
                "spec.repetitions", experiment.Spec.Repetitions.ToString(CultureInfo.InvariantCulture),
                $"was raised after the experiment ended with {made} runs", "make another experiment for more runs")
            : null);
    }

    private static string Text(object? part) => part as string ?? (part is null ? "" : KubernetesJson.Serialize(part));
}

using k8s;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Experiments;

/// <summary>
/// An experiment is not to be changed once it has runs: medians over runs of different specs would be nobody's. Only the number of repetitions may change.
/// </summary>
internal static class SpecChange
{
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
            ("spec.forwarder", spec.Forwarder, first.Forwarder),
            ("spec.traffic", spec.Traffic, first.Traffic),
            ("spec.measurement", spec.Measurement, first.Measurement),
            ("spec.artifacts", spec.Artifacts, first.Artifacts),
        ];
        var changed = parts.FirstOrDefault(p => Text(p.Now) != Text(p.Then));
        return changed.Field is null
            ? null
            : new Refusal(changed.Field, Text(changed.Now), $"was changed after run \"{runs[0].Metadata.Name}\" was made", "make another experiment with the new spec");
    }

    private static string Text(object? part) => part is null ? "" : KubernetesJson.Serialize(part);
}

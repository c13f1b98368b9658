using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Experiments;

/// <summary>
/// Makes the run of a repetition, with every name resolved. Its name follows from the experiment's, so that it cannot be made twice.
/// </summary>
internal static class RunBuilder
{
    public static string RunName(string experiment, int repetition) => $"{experiment}-{repetition}";

    public static V1Alpha1LatencyRun Build(V1Alpha1LatencyExperiment experiment, V1Alpha1TunedNode tunedNode, string nodeName, int repetition)
    {
        var spec = experiment.Spec;
        var names = ExperimentReferences.NamedInterfaces(spec).Select(i => i.Name).Distinct().Order(StringComparer.Ordinal);
        return new V1Alpha1LatencyRun
        {
            Metadata = Metadata(experiment, repetition),
            Spec = new LatencyRunSpec
            {
                Experiment = experiment.Metadata.Name,
                Repetition = repetition,
                TunedNode = spec.TunedNode,
                NodeName = nodeName,
                Forwarder = spec.Forwarder,
                Traffic = spec.Traffic,
                Measurement = spec.Measurement,
                Artifacts = spec.Artifacts,
                Interfaces =
                [
                    .. names.Select(name => new ResolvedInterface { Name = name, Device = tunedNode.Spec.Interfaces.First(i => i.Name == name).Device }),
                ],
            },
        };
    }

    private static V1ObjectMeta Metadata(V1Alpha1LatencyExperiment experiment, int repetition) => new()
    {
        Name = RunName(experiment.Metadata.Name, repetition),
        NamespaceProperty = experiment.Metadata.NamespaceProperty,
        Labels = new Dictionary<string, string> { [ApiGroup.ExperimentLabel] = experiment.Metadata.Name },
        Finalizers = [LatencyRunResource.CleanUpFinalizer],
        OwnerReferences =
        [
            new V1OwnerReference
            {
                ApiVersion = $"{ApiGroup.Name}/{ApiGroup.Version}",
                Kind = "LatencyExperiment",
                Name = experiment.Metadata.Name,
                Uid = experiment.Metadata.Uid,
                Controller = true,
            },
        ],
    };
}

using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Experiments;

/// <summary>Reads what an experiment's plan depends on from the informers' caches.</summary>
internal sealed class ExperimentObserver(
    IEntityCache<V1Alpha1TunedNode> tunedNodes,
    IEntityCache<V1Alpha1NodeTuning> tunings,
    IEntityCache<V1Alpha1LatencyRun> runs,
    IEntityCache<V1Node> nodes)
{
    public ExperimentObservation Read(V1Alpha1LatencyExperiment experiment)
    {
        // What the schema requires may still be missing from an object that was stored under an older one: the planner says so.
        var tunedNode = experiment.Spec?.TunedNode ?? "";
        return new ExperimentObservation
        {
            Experiment = experiment,
            TunedNode = tunedNodes.Get(null, tunedNode),
            Tunings = [.. tunings.List().Where(t => t.Spec.TunedNode.Name == tunedNode)],
            Nodes = nodes.List().ToDictionary(n => n.Metadata.Name),
            Runs = [.. runs.ByIndex(RunIndexes.ByExperimentUid, experiment.Metadata.Uid).OrderBy(r => r.Spec.Repetition)],
        };
    }
}

using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Reads what a run's plan depends on from the informers' caches.</summary>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Alpha1LatencyExperiment), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Node), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
internal sealed class RunObserver(
    IEntityCache<V1Alpha1LatencyExperiment> experiments,
    IEntityCache<V1Alpha1NodeTuning> tunings,
    NodeHolders holders,
    IEntityCache<V1Pod> pods,
    IEntityCache<V1Node> nodes,
    OperatorSettings settings)
{
    public RunObservation Read(V1Alpha1LatencyRun run)
    {
        var lease = holders.LeaseOf(run.Spec.NodeName);
        return new RunObservation
        {
            Run = run,
            Tuning = tunings.Get(null, run.Spec.NodeName),
            NodeExists = nodes.Get(null, run.Spec.NodeName) is not null,
            Lease = lease,
            Experiment = experiments.Get(run.Metadata.NamespaceProperty, run.Spec.Experiment),
            LeaseIsStale = holders.IsStale(lease),
            Meter = PodOf(RunRole.Meter, run),
            Forwarder = PodOf(RunRole.Forwarder, run),
            Generator = PodOf(RunRole.Generator, run),
        };
    }

    private PodState? PodOf(RunRole role, V1Alpha1LatencyRun run) =>
        PodState.From(pods.Get(settings.RunsNamespace, RunPodNames.For(role, run.Metadata.Uid)));
}

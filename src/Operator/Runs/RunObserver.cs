using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Reads what a run's plan depends on from the informers' caches.</summary>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Alpha1LatencyExperiment), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
[EntityRbac(typeof(V1Node), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch)]
internal sealed class RunObserver(
    IEntityCache<V1Alpha1LatencyRun> runs,
    IEntityCache<V1Alpha1LatencyExperiment> experiments,
    IEntityCache<V1Alpha1NodeTuning> tunings,
    IEntityCache<V1Lease> leases,
    IEntityCache<V1Pod> pods,
    IEntityCache<V1Node> nodes,
    OperatorSettings settings)
{
    public RunObservation Read(V1Alpha1LatencyRun run)
    {
        var lease = leases.Get(settings.RunsNamespace, NodeReservation.LeaseName(run.Spec.NodeName));
        return new RunObservation
        {
            Run = run,
            Tuning = tunings.Get(null, run.Spec.NodeName),
            NodeExists = nodes.Get(null, run.Spec.NodeName) is not null,
            Lease = lease,
            Experiment = experiments.Get(run.Metadata.NamespaceProperty, run.Spec.Experiment),
            LeaseIsStale = NodeReservation.IsStale(lease, lease?.Spec?.HolderIdentity is { } uid ? runs.WithUid(uid) : null),
            Meter = PodOf(RunRole.Meter, run),
            Forwarder = PodOf(RunRole.Forwarder, run),
            Generator = PodOf(RunRole.Generator, run),
        };
    }

    private PodState? PodOf(RunRole role, V1Alpha1LatencyRun run) =>
        PodState.From(pods.Get(settings.RunsNamespace, RunPodNames.For(role, run.Metadata.Uid)));
}

using k8s.Models;
using Latlab.Crds;
using Latlab.Crds.Conditions;
using Latlab.Crds.Experiments;
using Latlab.Operator.Entities;
using Latlab.Operator.Experiments;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Hosting;

/// <summary>Which controllers there are, and what wakes each of them.</summary>
internal static class ControllerRegistrations
{
    private const string ExperimentsByTunedNode = "tuned-node";

    public static IServiceCollection AddLatlabControllers(this IServiceCollection services, OperatorSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<NodeHolders>();
        services.AddSingleton<NoiseMetrics>();
        services.AddSingleton<AgentPods>();
        // Agents' pods are watched, too: whoever asks for the pods means those of the runs.
        services.AddSingleton(provider => provider.GetRequiredService<IEntityCaches>().Of<V1Pod>(settings.RunsNamespace));
        services.AddSingleton<TunedNodeObserver>().AddSingleton<TunedNodeApplier>();
        services.AddSingleton<INodeActions, NodeActions>().AddSingleton<IPodEvictions, PodEvictions>();
        services.AddSingleton<RebootObserver>().AddSingleton<RebootApplier>().AddSingleton<RebootMetrics>();
        services.AddSingleton<ExperimentObserver>();
        services.AddSingleton<RunObserver>().AddSingleton<RunApplier>().AddSingleton<PodLogReader>();
        services.AddSingleton<LiveRuns>().AddSingleton<RunPodCollector>();

        services.AddInformer<V1Node>();
        services.AddInformer<V1Alpha1TunedNode>();
        services.AddInformer<V1Alpha1NodeTuning>();
        services.AddInformer<V1Pod>(settings.RunsNamespace, ApiGroup.RunUidLabel);
        if (settings.AgentsNamespace is { } agents)
        {
            services.AddInformer<V1Pod>(agents, AgentPods.Selector, i => i.Index(AgentPods.ByNode, pod => Key(pod.Spec?.NodeName)));
        }

        services.AddInformer<V1Lease>(settings.RunsNamespace, $"{ApiGroup.RoleLabel}={NodeReservation.RoleValue}");
        services.AddInformer<V1Alpha1LatencyExperiment>(configure: i => i.Index(ExperimentsByTunedNode, experiment => Key(experiment.Spec?.TunedNode)));
        services.AddInformer<V1Alpha1LatencyRun>(configure: i => i
            .Index(RunIndexes.ByUid, run => [run.Metadata.Uid])
            .Index(RunIndexes.ByActiveNode, run => RunOutcome.HasEnded(run) ? [] : Key(run.Spec?.NodeName))
            .Index(RunIndexes.ByExperimentUid, run => run.Metadata.OwnerReferences?.Select(o => o.Uid) ?? []));

        services.AddController<TunedNodeController, V1Alpha1TunedNode>(c => c
            .Finalizer<TunedNodeFinalizer>()
            .Watches<V1Alpha1TunedNode>((_, caches) => Keys(caches.Of<V1Alpha1TunedNode>().List()), Changes.OfWish)
            .Watches<V1Alpha1NodeTuning>((tuning, caches) => tuning.Metadata.DeletionTimestamp is null
                ? [new EntityKey(null, tuning.Spec.TunedNode.Name)]
                : Keys(caches.Of<V1Alpha1TunedNode>().List()))
            .Watches<V1Lease>((lease, caches) => TunedNodeOf(lease, caches))
            .Watches<V1Node>(
                (node, caches) => Keys(caches.Of<V1Alpha1TunedNode>().List().Where(t => NodeClaims.Matches(t.Spec, node))),
                (before, after) => NodeChanges.OfAllocatable(before, after) || NodeChanges.OfAvailability(before, after)));

        // One at a time: what is counted over all TunedNodes must not be counted by two at once.
        services.AddController<RebootController, V1Alpha1TunedNode>(c => c
            .Predicate((before, after) => ReferenceEquals(before, after) || Changes.OfWish(before, after))
            .Watches<V1Alpha1NodeTuning>((tuning, _) => [new EntityKey(null, tuning.Spec.TunedNode.Name)])
            .Watches<V1Lease>((lease, caches) => TunedNodeOf(lease, caches))
            .Watches<V1Node>((node, caches) => TunedNodesOf(node, caches), NodeChanges.OfAvailability));

        services.AddController<NodeTuningController, V1Alpha1NodeTuning>(c => c
            // One that is given up may go when its node is back at work, and the node's own change may be seen after that of its record.
            .Watches<V1Node>((node, _) => [new EntityKey(null, node.Metadata.Name)], NodeChanges.OfExistenceOrMark)
            .Watches<V1Alpha1TunedNode>((tunedNode, caches) => TuningsOf(tunedNode, caches), when: (_, after) => after is null)
            .Watches<V1Lease>((lease, _) => [new EntityKey(null, NodeReservation.NodeName(lease))], when: (_, after) => after is null));

        services.AddController<LatencyExperimentController, V1Alpha1LatencyExperiment>(c => c
            .Owns<V1Alpha1LatencyRun>()
            .Watches<V1Alpha1TunedNode>((tunedNode, caches) => OpenExperiments(tunedNode.Metadata.Name, caches))
            .Watches<V1Alpha1NodeTuning>((tuning, caches) => OpenExperiments(tuning.Spec.TunedNode.Name, caches))
            .Watches<V1Node>((node, caches) => ExperimentsOn(node.Metadata.Name, caches), NodeChanges.OfAllocatable)
            .MaxConcurrency(2));

        services.AddController<LatencyRunController, V1Alpha1LatencyRun>(c => c
            .Watches<V1Pod>((pod, caches) => RunReference.UidOf(pod) is { } uid
                ? Keys(caches.Of<V1Alpha1LatencyRun>().ByIndex(RunIndexes.ByUid, uid))
                : [])
            .Watches<V1Lease>((lease, caches) => RunsOn(NodeReservation.NodeName(lease), caches))
            .Watches<V1Alpha1NodeTuning>((tuning, caches) => RunsOn(tuning.Metadata.Name, caches))
            .MaxConcurrency(4));

        services.AddController<StrayPodController, V1Pod>(c => c
            .Watches<V1Alpha1LatencyRun>(
                (run, _) => Enum.GetValues<RunRole>().Select(role => new EntityKey(settings.RunsNamespace, RunPodNames.For(role, run.Metadata.Uid))),
                (_, after) => after is null));

        services.AddController<ReservationController, V1Lease>(c => c
            .Watches<V1Alpha1LatencyRun>(
                (run, _) => [new EntityKey(settings.RunsNamespace, NodeReservation.LeaseName(run.Spec.NodeName))],
                (_, after) => after is null || RunOutcome.HasEnded(after))
            .Watches<V1Alpha1NodeTuning>(
                (tuning, _) => [new EntityKey(settings.RunsNamespace, NodeReservation.LeaseName(tuning.Metadata.Name))],
                (before, after) => after is null || (RebootRecord.Of(before).HoldsLease && !RebootRecord.Of(after).HoldsLease)));
        return services;
    }

    private static IEnumerable<EntityKey> TunedNodeOf(V1Lease lease, IEntityCaches caches) =>
        caches.Of<V1Alpha1NodeTuning>().Get(null, NodeReservation.NodeName(lease)) is { } tuning ? [new EntityKey(null, tuning.Spec.TunedNode.Name)] : [];

    private static IEnumerable<EntityKey> TunedNodesOf(V1Node node, IEntityCaches caches)
    {
        var owner = caches.Of<V1Alpha1NodeTuning>().Get(null, node.Metadata.Name)?.Spec.TunedNode.Name;
        return Keys(caches.Of<V1Alpha1TunedNode>().List().Where(t => t.Metadata.Name == owner || NodeClaims.Matches(t.Spec, node)));
    }

    private static IEnumerable<EntityKey> TuningsOf(V1Alpha1TunedNode tunedNode, IEntityCaches caches) =>
        Keys(caches.Of<V1Alpha1NodeTuning>().List().Where(t => t.Spec.TunedNode.Uid == tunedNode.Metadata.Uid));

    private static IEnumerable<EntityKey> OpenExperiments(string tunedNode, IEntityCaches caches) => Keys(caches.Of<V1Alpha1LatencyExperiment>()
        .ByIndex(ExperimentsByTunedNode, tunedNode)
        .Where(e => e.Status?.Conditions.IsTrue(ExperimentConditions.Complete) != true));

    private static IEnumerable<EntityKey> ExperimentsOn(string node, IEntityCaches caches) =>
        caches.Of<V1Alpha1NodeTuning>().Get(null, node) is { } tuning ? OpenExperiments(tuning.Spec.TunedNode.Name, caches) : [];

    private static IEnumerable<EntityKey> RunsOn(string node, IEntityCaches caches) =>
        Keys(caches.Of<V1Alpha1LatencyRun>().ByIndex(RunIndexes.ByActiveNode, node));

    /// <summary>None when the field is missing: an index that throws would stop the informer.</summary>
    private static IEnumerable<string> Key(string? field) => field is null ? [] : [field];

    private static IEnumerable<EntityKey> Keys(IEnumerable<k8s.IKubernetesObject<V1ObjectMeta>> entities) => entities.Select(EntityKey.Of);
}

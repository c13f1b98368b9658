using k8s.Models;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Carries out a run's steps. Each may be done again.</summary>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Create | RbacVerb.Patch | RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Create | RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
internal sealed class RunApplier(IEntityClient client, IEntityCache<V1Pod> pods, IEventPublisher events, OperatorSettings settings, TimeProvider clock)
{
    public async Task ApplyAsync(V1Alpha1LatencyRun run, IReadOnlyList<RunStep> steps, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            await ApplyAsync(run, step, cancellationToken);
        }
    }

    private Task ApplyAsync(V1Alpha1LatencyRun run, RunStep step, CancellationToken cancellationToken) => step switch
    {
        RunStep.ReserveNode => client.TryCreateAsync(Reservation(run), cancellationToken),
        RunStep.DropStaleReservation drop => DeleteLeaseAsync(run, drop.LeaseUid, cancellationToken),
        RunStep.ReleaseNode release => DeleteLeaseAsync(run, release.LeaseUid, cancellationToken),
        RunStep.CreatePod create => CreatePodAsync(run, create.Role, cancellationToken),
        RunStep.DeletePod delete => client.DeleteAsync<V1Pod>(
            settings.RunsNamespace, RunPodNames.For(delete.Role, run.Metadata.Uid), uid: null, cancellationToken),
        RunStep.LetPodGo letGo => LetPodGoAsync(run, letGo.Role, cancellationToken),
        RunStep.RemoveFinalizer => client.RemoveFinalizerAsync(run, LatencyRunResource.CleanUpFinalizer, cancellationToken),
        _ => throw new InvalidOperationException($"No way to carry out {step}."),
    };

    private V1Lease Reservation(V1Alpha1LatencyRun run) => NodeReservation.Lease(
        settings.RunsNamespace, run.Spec.NodeName, run.Metadata.Uid, $"{run.Metadata.NamespaceProperty}/{run.Metadata.Name}", clock.GetUtcNow());

    private Task DeleteLeaseAsync(V1Alpha1LatencyRun run, string uid, CancellationToken cancellationToken) =>
        client.DeleteAsync<V1Lease>(settings.RunsNamespace, NodeReservation.LeaseName(run.Spec.NodeName), uid, cancellationToken);

    /// <summary>
    /// The one step that must never be done on stale knowledge: with an old phase in the cache a pod of a run that ended would be made again, and traffic sent twice.
    /// So the run is read from the API server first.
    /// </summary>
    private async Task CreatePodAsync(V1Alpha1LatencyRun run, RunRole role, CancellationToken cancellationToken)
    {
        var live = await client.GetAsync<V1Alpha1LatencyRun>(run.Metadata.NamespaceProperty, run.Metadata.Name, cancellationToken);
        if (live?.Metadata.Uid != run.Metadata.Uid || live.Metadata.DeletionTimestamp is not null || live.Status?.Phase != run.Status?.Phase)
        {
            return;
        }

        try
        {
            await client.TryCreateAsync(RunPods.Build(role, run, settings), cancellationToken);
        }
        catch (ApiException e)
        {
            // A quota or an admission webhook may say no: the user hears it, and it is tried again until the run's deadline.
            events.Publish(run, EventType.Warning, "PodNotCreated", $"{RunPodNames.RoleValue(role)}: {e.Message}");
            throw;
        }
    }

    /// <summary>
    /// Its container has ended, so there is nothing to give grace to; kubelet would take seconds more to say so. That its report was read is a commit: not to be
    /// cancelled half-way.
    /// </summary>
    private async Task LetPodGoAsync(V1Alpha1LatencyRun run, RunRole role, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (pods.Get(settings.RunsNamespace, RunPodNames.For(role, run.Metadata.Uid)) is { } pod)
        {
            await client.RemoveFinalizerAsync(pod, RunPodNames.Finalizer, CancellationToken.None);
            await client.DeleteAsync<V1Pod>(settings.RunsNamespace, pod.Metadata.Name, pod.Metadata.Uid, CancellationToken.None, gracePeriodSeconds: 0);
        }
    }
}

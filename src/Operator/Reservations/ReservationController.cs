using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reservations;

/// <summary>
/// Frees a node whose run is over and could not free it itself, as somebody took its finalizer away by force. A run that is over only by
/// the caches is asked for at the API server, and so are its pods. Frees a node from a reboot, too, whose NodeTuning is gone or says that
/// it is over.
/// </summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Get)]
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
internal sealed partial class ReservationController(
    NodeHolders holders, LiveRuns live, IEntityClient client, INodeActions nodes, OperatorSettings settings, ILogger<ReservationController> logger) : IReconciler<V1Lease>
{
    private readonly ILogger _logger = logger;

    public async Task<ReconciliationResult> ReconcileAsync(V1Lease entity, CancellationToken cancellationToken)
    {
        if (NodeReservation.RebootOf(entity) is { } tuningUid)
        {
            await FreeFromRebootAsync(entity, tuningUid, cancellationToken);
            return ReconciliationResult.Success();
        }

        if (!NodeReservation.IsHeld(entity) || RunReference.Of(entity) is not { } key)
        {
            // Not made by a run.
            return ReconciliationResult.Success();
        }

        var holder = entity.Spec.HolderIdentity;
        if (!holders.IsStale(entity))
        {
            return ReconciliationResult.Success();
        }

        if (!NodeReservation.IsStale(entity, await live.FindAsync(key, holder, cancellationToken)) || await live.HasPodsAsync(holder, cancellationToken))
        {
            return ReconciliationResult.Success(RunDeadlines.CleanUpLook);
        }

        await client.DeleteAsync<V1Lease>(entity.Metadata.NamespaceProperty, entity.Metadata.Name, entity.Metadata.Uid, cancellationToken);
        LogFreed(NodeReservation.NodeName(entity), key);
        return ReconciliationResult.Success();
    }

    private async Task FreeFromRebootAsync(V1Lease lease, string tuningUid, CancellationToken cancellationToken)
    {
        var node = NodeReservation.NodeName(lease);
        var tuning = await client.GetAsync<V1Alpha1NodeTuning>(null, node, cancellationToken);
        if (settings.AllowReboots && tuning?.Metadata.Uid == tuningUid && RebootRecord.Of(tuning).HoldsLease)
        {
            return;
        }

        if (settings.AllowReboots)
        {
            // Nobody else knows any more that the cordon was the reboot's.
            await nodes.UncordonAsync(node, tuningUid, cancellationToken);
        }

        await client.DeleteAsync<V1Lease>(lease.Metadata.NamespaceProperty, lease.Metadata.Name, lease.Metadata.Uid, cancellationToken);
        LogOver(node);
    }

    [LoggerMessage(LogLevel.Warning, "Freed node {Node} from a reboot that is over, or whose NodeTuning is gone")]
    private partial void LogOver(string node);

    [LoggerMessage(LogLevel.Warning, "Freed node {Node}: run {Run}, which held it, is over and had not freed it itself")]
    private partial void LogFreed(string node, EntityKey run);
}

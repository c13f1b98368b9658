using k8s.Models;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reservations;

/// <summary>
/// Frees a node whose run is over and could not free it itself, as somebody took its finalizer away by force. A run that is over only by the caches is asked for at the
/// API server, and so are its pods.
/// </summary>
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
internal sealed partial class ReservationController(
    NodeHolders holders, LiveRuns live, IEntityClient client, ILogger<ReservationController> logger) : IReconciler<V1Lease>
{
    private readonly ILogger _logger = logger;

    public async Task<ReconciliationResult> ReconcileAsync(V1Lease entity, CancellationToken cancellationToken)
    {
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

    [LoggerMessage(LogLevel.Warning, "Freed node {Node}: run {Run}, which held it, is over and had not freed it itself")]
    private partial void LogFreed(string node, EntityKey run);
}

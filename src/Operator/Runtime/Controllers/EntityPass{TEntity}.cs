using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// One pass over one object: sets finalizers and reconciles, or finalizes, as the object's state asks for. It goes on with the object that
/// the server returns: a controller's predicate may well reject the change that the pass itself makes.
/// </summary>
internal sealed class EntityPass<TEntity>(
    IReconciler<TEntity> reconciler, IReadOnlyList<IEntityFinalizer<TEntity>> finalizers, IEntityClient client)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public Task<ReconciliationResult> RunAsync(TEntity entity, CancellationToken cancellationToken) =>
        entity.Metadata.DeletionTimestamp is null ? ReconcileAsync(entity, cancellationToken)
        : finalizers.Count == 0 ? reconciler.ReconcileAsync(entity, cancellationToken)
        : FinalizeAsync(entity, cancellationToken);

    private async Task<ReconciliationResult> ReconcileAsync(TEntity entity, CancellationToken cancellationToken)
    {
        // Nothing is made before it is sure to be cleaned up.
        foreach (var finalizer in finalizers)
        {
            if (await client.AddFinalizerAsync(entity, finalizer.Name, cancellationToken) is not { } marked)
            {
                return ReconciliationResult.Success();
            }

            entity = marked;
        }

        return await reconciler.ReconcileAsync(entity, cancellationToken);
    }

    private async Task<ReconciliationResult> FinalizeAsync(TEntity entity, CancellationToken cancellationToken)
    {
        foreach (var finalizer in finalizers)
        {
            if (entity.Metadata.Finalizers?.Contains(finalizer.Name) != true)
            {
                continue;
            }

            var result = await finalizer.FinalizeAsync(entity, cancellationToken);
            if (result is not { IsSuccess: true, RequeueAfter: null })
            {
                return result;
            }

            // The commit of what was just done: not to be cancelled half-way, so without the caller's token.
            if (await client.RemoveFinalizerAsync(entity, finalizer.Name, CancellationToken.None) is not { } left)
            {
                break;
            }

            entity = left;
        }

        return ReconciliationResult.Success();
    }
}

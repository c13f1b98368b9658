using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>One pass over one object: sets finalizers, reconciles, or finalizes, as the object's state asks for.</summary>
internal sealed class EntityPass<TEntity>(
    IReconciler<TEntity> reconciler, IReadOnlyList<IEntityFinalizer<TEntity>> finalizers, IEntityClient client)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public async Task<ReconciliationResult> RunAsync(TEntity entity, CancellationToken cancellationToken)
    {
        var present = entity.Metadata.Finalizers ?? [];
        if (entity.Metadata.DeletionTimestamp is null)
        {
            if (finalizers.FirstOrDefault(finalizer => !present.Contains(finalizer.Name)) is not { } missing)
            {
                return await reconciler.ReconcileAsync(entity, cancellationToken);
            }

            // Nothing is made before it is sure to be cleaned up. The change that this makes brings the next pass.
            await client.AddFinalizerAsync(entity, missing.Name, cancellationToken);
            return ReconciliationResult.Success();
        }

        if (finalizers.Count == 0)
        {
            return await reconciler.ReconcileAsync(entity, cancellationToken);
        }

        return finalizers.FirstOrDefault(finalizer => present.Contains(finalizer.Name)) is { } next
            ? await FinalizeAsync(entity, next, cancellationToken)
            : ReconciliationResult.Success();
    }

    private async Task<ReconciliationResult> FinalizeAsync(TEntity entity, IEntityFinalizer<TEntity> finalizer, CancellationToken cancellationToken)
    {
        var result = await finalizer.FinalizeAsync(entity, cancellationToken);
        if (result is { IsSuccess: true, RequeueAfter: null })
        {
            // The commit of what was just done: not to be cancelled half-way, so without the caller's token.
            await client.RemoveFinalizerAsync(entity, finalizer.Name, CancellationToken.None);
        }

        return result;
    }
}

using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Brings the world closer to what one object asks for. Called by the leader only, never twice at once for the same object.
/// </summary>
internal interface IReconciler<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>
    /// Reconciles <paramref name="entity"/>, a copy of the cached object that the caller may change. An exception is a transient error: the
    /// runtime logs it and calls again after a growing, jittered delay. An object that is gone is not passed; one that is being deleted is,
    /// unless the controller has finalizers registered.
    /// </summary>
    public Task<ReconciliationResult> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);
}

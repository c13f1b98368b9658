using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// What must be done before an object may go. Registered with a controller, the runtime sets <see cref="Name"/> on every object before its
/// first <see cref="IReconciler{TEntity}.ReconcileAsync"/>.
/// </summary>
internal interface IEntityFinalizer<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Qualified name in <c>metadata.finalizers</c>, e.g. <c>latlab.dev/restore</c>.</summary>
    public string Name { get; }

    /// <summary>
    /// Called instead of reconciling while <paramref name="entity"/> is being deleted. A success without a time to look again lets the
    /// object go; any other result, or an exception, keeps it.
    /// </summary>
    public Task<ReconciliationResult> FinalizeAsync(TEntity entity, CancellationToken cancellationToken);
}

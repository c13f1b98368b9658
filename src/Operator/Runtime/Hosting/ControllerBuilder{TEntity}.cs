using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Settings of a controller: what starts a reconcile of which object.</summary>
internal sealed class ControllerBuilder<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly List<Type> _finalizers = [];
    private readonly List<WatchRegistration> _watches = [];

    /// <summary>Types of the finalizers, in the order in which they run.</summary>
    public IReadOnlyList<Type> Finalizers => _finalizers;

    public IReadOnlyList<WatchRegistration> Watched => _watches;

    public Func<TEntity?, TEntity?, bool> Filter { get; private set; } = static (_, _) => true;

    public int Workers { get; private set; } = 1;

    /// <summary>Sets a finalizer on every object; see <see cref="IEntityFinalizer{TEntity}"/>.</summary>
    public ControllerBuilder<TEntity> Finalizer<TFinalizer>()
        where TFinalizer : class, IEntityFinalizer<TEntity>
    {
        _finalizers.Add(typeof(TFinalizer));
        return this;
    }

    /// <summary>
    /// A change of a <typeparamref name="TOwned"/> reconciles the object that is its controlling owner, both in one namespace or both
    /// cluster-scoped.
    /// </summary>
    public ControllerBuilder<TEntity> Owns<TOwned>()
        where TOwned : class, IKubernetesObject<V1ObjectMeta> =>
        Watches<TOwned>(static (owned, _) => OwnerMapping.ControllerOf<TEntity>(owned));

    /// <summary>
    /// A change of a <typeparamref name="TOther"/>, its deletion included, reconciles the objects that <paramref name="map"/> names. On a
    /// change it is asked about the object before and after, so that an object that is no longer meant is reconciled, too. With
    /// <paramref name="when"/> only changes for which it holds count, which keeps heartbeats from waking controllers; before is null for a
    /// new object, after for a deleted one.
    /// </summary>
    public ControllerBuilder<TEntity> Watches<TOther>(
        Func<TOther, IEntityCaches, IEnumerable<EntityKey>> map, Func<TOther?, TOther?, bool>? when = null)
        where TOther : class, IKubernetesObject<V1ObjectMeta>
    {
        _watches.Add(new WatchRegistration<TOther>(map, when ?? (static (_, _) => true)));
        return this;
    }

    /// <summary>
    /// Only changes of the object itself for which <paramref name="predicate"/> holds reconcile it. Before is null for a new object, after
    /// for a deleted one; both are the same instance at a resync.
    /// </summary>
    public ControllerBuilder<TEntity> Predicate(Func<TEntity?, TEntity?, bool> predicate)
    {
        var earlier = Filter;
        Filter = (before, after) => earlier(before, after) && predicate(before, after);
        return this;
    }

    /// <summary>How many objects are reconciled at once; 1 unless told.</summary>
    public ControllerBuilder<TEntity> MaxConcurrency(int workers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        Workers = workers;
        return this;
    }
}

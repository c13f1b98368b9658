using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>A further kind whose changes reconcile a controller's objects.</summary>
internal abstract class WatchRegistration
{
    /// <summary>Calls <paramref name="enqueue"/> for each object that a change concerns, from now on.</summary>
    public abstract void Subscribe(InformerSet informers, Action<EntityKey> enqueue);

    /// <summary>Makes sure that there is an informer of the kind.</summary>
    public abstract InformerRegistration DefaultInformer();
}

/// <inheritdoc/>
internal sealed class WatchRegistration<TOther>(Func<TOther, IEntityCaches, IEnumerable<EntityKey>> map, Func<TOther?, TOther?, bool> isRelevant)
    : WatchRegistration
    where TOther : class, IKubernetesObject<V1ObjectMeta>
{
    public override InformerRegistration DefaultInformer() => new InformerRegistration<TOther>(null, null);

    public override void Subscribe(InformerSet informers, Action<EntityKey> enqueue)
    {
        foreach (var informer in informers.All<TOther>())
        {
            informer.Subscribe((before, after) =>
            {
                if (!isRelevant(before, after))
                {
                    return;
                }

                var keys = before is null ? [] : map(before, informers);
                if (after is not null && !ReferenceEquals(before, after))
                {
                    keys = keys.Concat(map(after, informers));
                }

                foreach (var key in keys.Distinct())
                {
                    enqueue(key);
                }
            });
        }
    }
}

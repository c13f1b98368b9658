using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>The caches of all informers.</summary>
internal interface IEntityCaches
{
    /// <summary>
    /// The cache of that kind; <paramref name="namespace"/> tells apart informers that were registered for several namespaces.
    /// </summary>
    /// <exception cref="InvalidOperationException">No informer, or more than one, is registered.</exception>
    public IEntityCache<TEntity> Of<TEntity>(string? @namespace = null)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;
}

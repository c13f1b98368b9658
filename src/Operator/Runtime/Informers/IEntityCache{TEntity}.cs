using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Objects of one kind as the API server last told of them; it may be behind by a moment. The objects are shared: read them, never change
/// them.
/// </summary>
internal interface IEntityCache<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>The object, or null; <paramref name="namespace"/> is null for a cluster-scoped kind.</summary>
    public TEntity? Get(string? @namespace, string name);

    /// <summary>All objects, or those of one namespace, in no particular order.</summary>
    public IReadOnlyList<TEntity> List(string? @namespace = null);

    /// <summary>The objects that the index of that name has under <paramref name="key"/>.</summary>
    /// <exception cref="ArgumentException">No such index was registered.</exception>
    public IReadOnlyList<TEntity> ByIndex(string indexName, string key);
}

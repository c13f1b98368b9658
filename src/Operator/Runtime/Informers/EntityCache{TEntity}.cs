using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>The cache of the one informer of a kind, for whoever asks the service container for it.</summary>
internal sealed class EntityCache<TEntity>(IEntityCaches caches) : IEntityCache<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly IEntityCache<TEntity> _cache = caches.Of<TEntity>();

    public TEntity? Get(string? @namespace, string name) => _cache.Get(@namespace, name);

    public IReadOnlyList<TEntity> List(string? @namespace = null) => _cache.List(@namespace);

    public IReadOnlyList<TEntity> ByIndex(string indexName, string key) => _cache.ByIndex(indexName, key);
}

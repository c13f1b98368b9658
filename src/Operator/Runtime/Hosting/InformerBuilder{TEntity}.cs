using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Settings of an informer.</summary>
internal sealed class InformerBuilder<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Dictionary<string, Func<TEntity, IEnumerable<string>>> _indexes = [];

    public IReadOnlyDictionary<string, Func<TEntity, IEnumerable<string>>> Indexes => _indexes;

    /// <summary>
    /// Makes objects findable by <see cref="IEntityCache{TEntity}.ByIndex"/> under each of the keys that <paramref name="keys"/> returns.
    /// </summary>
    public InformerBuilder<TEntity> Index(string name, Func<TEntity, IEnumerable<string>> keys)
    {
        if (!_indexes.TryAdd(name, keys))
        {
            throw new ArgumentException($"the informer of {typeof(TEntity).Name} has an index \"{name}\" already; choose another name", nameof(name));
        }

        return this;
    }
}

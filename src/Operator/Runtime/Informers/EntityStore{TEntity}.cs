using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Objects by name and by indexes. Thread-safe.</summary>
/// <param name="kind">Name of the kind, for messages.</param>
/// <param name="indexes">For each index, the keys under which an object is found.</param>
internal sealed class EntityStore<TEntity>(string kind, IReadOnlyDictionary<string, Func<TEntity, IEnumerable<string>>> indexes) : IEntityCache<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EntityKey, Stored> _objects = [];
    private readonly Dictionary<IndexEntry, HashSet<EntityKey>> _indexed = [];

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _objects.Count;
            }
        }
    }

    public TEntity? Get(string? @namespace, string name)
    {
        lock (_gate)
        {
            return _objects.GetValueOrDefault(new(@namespace, name))?.Entity;
        }
    }

    public IReadOnlyList<TEntity> List(string? @namespace = null)
    {
        lock (_gate)
        {
            return @namespace is null
                ? [.. _objects.Values.Select(stored => stored.Entity)]
                : [.. _objects.Where(entry => entry.Key.Namespace == @namespace).Select(entry => entry.Value.Entity)];
        }
    }

    public IReadOnlyList<TEntity> ByIndex(string indexName, string key)
    {
        if (!indexes.ContainsKey(indexName))
        {
            throw new ArgumentException($"the informer of {kind} has no index \"{indexName}\"; add it where the informer is registered", nameof(indexName));
        }

        lock (_gate)
        {
            return _indexed.TryGetValue(new(indexName, key), out var found) ? [.. found.Select(entity => _objects[entity].Entity)] : [];
        }
    }

    /// <summary>Puts the object in and returns the one of that name before.</summary>
    public TEntity? Set(TEntity entity)
    {
        var key = EntityKey.Of(entity);
        // Keys first: a function that throws must not leave the store half changed.
        var entries = indexes.SelectMany(index => index.Value(entity).Distinct().Select(value => new IndexEntry(index.Key, value))).ToArray();
        lock (_gate)
        {
            var before = Take(key);
            _objects[key] = new(entity, entries);
            foreach (var entry in entries)
            {
                if (!_indexed.TryGetValue(entry, out var found))
                {
                    _indexed[entry] = found = [];
                }

                found.Add(key);
            }

            return before;
        }
    }

    /// <summary>Takes the object out and returns it.</summary>
    public TEntity? Remove(EntityKey key)
    {
        lock (_gate)
        {
            return Take(key);
        }
    }

    private TEntity? Take(EntityKey key)
    {
        if (!_objects.Remove(key, out var stored))
        {
            return null;
        }

        foreach (var entry in stored.Entries)
        {
            var found = _indexed[entry];
            found.Remove(key);
            if (found.Count == 0)
            {
                _indexed.Remove(entry);
            }
        }

        return stored.Entity;
    }

    private readonly record struct IndexEntry(string Index, string Value);

    private sealed record Stored(TEntity Entity, IndexEntry[] Entries);
}

using System.Text.Json;
using k8s;
using k8s.Models;
using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Turns what the server tells into changes of the cache, and tells subscribers of each, in order. An object that cannot be read is logged
/// and leaves the cache as it was: one bad object must not blind the operator to all others.
/// </summary>
internal sealed partial class ChangeFeed<TEntity>(
    EntityKind kind, EntityStore<TEntity> store, ILogger logger, IGauge objects, ICounter malformed)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly List<Action<TEntity?, TEntity?>> _handlers = [];

    public EntityStore<TEntity> Store => store;

    public void Subscribe(Action<TEntity?, TEntity?> handler)
    {
        lock (_gate)
        {
            _handlers.Add(handler);
            foreach (var entity in store.List())
            {
                Call(handler, null, entity);
            }
        }
    }

    /// <summary>Takes one change of a watch.</summary>
    public void Apply(string type, JsonElement json)
    {
        lock (_gate)
        {
            if (type == "DELETED")
            {
                Remove(KeyOf(json), TryRead(json));
            }
            else if (TryRead(json) is { } entity)
            {
                Set(entity);
            }

            objects.Set(store.Count);
        }
    }

    /// <summary>Makes the cache what a complete list says.</summary>
    public void Replace(IReadOnlyList<JsonElement> items)
    {
        lock (_gate)
        {
            var present = items.Select(KeyOf).ToHashSet();
            foreach (var key in store.List().Select(entity => EntityKey.Of(entity)).Where(key => !present.Contains(key)))
            {
                Remove(key, last: null);
            }

            foreach (var item in items)
            {
                if (TryRead(item) is { } entity)
                {
                    Set(entity);
                }
            }

            objects.Set(store.Count);
        }
    }

    /// <summary>Tells of every object, though it did not change.</summary>
    public void Resync()
    {
        lock (_gate)
        {
            foreach (var entity in store.List())
            {
                Tell(entity, entity);
            }
        }
    }

    private void Set(TEntity entity)
    {
        TEntity? before;
        try
        {
            before = store.Set(entity);
        }
        catch (Exception exception)
        {
            // An index function of a controller threw.
            malformed.Inc();
            LogMalformed(kind.Kind, EntityKey.Of(entity), exception);
            return;
        }

        if (before is not null && before.Metadata.Uid != entity.Metadata.Uid)
        {
            // Deleted and made again while we did not look.
            Tell(before, null);
            Tell(null, entity);
        }
        else if (before?.Metadata.ResourceVersion != entity.Metadata.ResourceVersion)
        {
            Tell(before, entity);
        }
    }

    private void Remove(EntityKey key, TEntity? last)
    {
        var before = store.Remove(key);
        if ((last ?? before) is { } state)
        {
            Tell(state, null);
        }
    }

    private void Tell(TEntity? before, TEntity? after)
    {
        foreach (var handler in _handlers)
        {
            Call(handler, before, after);
        }
    }

    private void Call(Action<TEntity?, TEntity?> handler, TEntity? before, TEntity? after)
    {
        try
        {
            handler(before, after);
        }
        catch (Exception exception)
        {
            LogHandlerFailed(kind.Kind, EntityKey.Of((after ?? before)!), exception);
        }
    }

    private TEntity? TryRead(JsonElement json)
    {
        try
        {
            var entity = ApiJson.Deserialize<TEntity>(json);
            // Items of a list come without them.
            entity.ApiVersion = kind.ApiVersion;
            entity.Kind = kind.Kind;
            return entity;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            malformed.Inc();
            LogMalformed(kind.Kind, KeyOf(json), exception);
            return null;
        }
    }

    private static EntityKey KeyOf(JsonElement json)
    {
        var metadata = json.GetProperty("metadata");
        return new(metadata.TryGetProperty("namespace", out var @namespace) ? @namespace.GetString() : null, metadata.GetProperty("name").GetString()!);
    }

    [LoggerMessage(LogLevel.Error, "{Kind} {Key} cannot be read; it is ignored until it changes")]
    private partial void LogMalformed(string kind, EntityKey key, Exception exception);

    [LoggerMessage(LogLevel.Error, "A handler of changes of {Kind} failed at {Key}; the change is lost to it until the next resync")]
    private partial void LogHandlerFailed(string kind, EntityKey key, Exception exception);
}

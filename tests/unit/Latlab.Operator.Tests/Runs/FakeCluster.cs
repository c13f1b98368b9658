using System.Net;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runs;

/// <summary>
/// An API server's part in a run: objects with versions, conflicts, finalizers and grace. Nothing answers late, so that tests need not
/// wait.
/// </summary>
internal sealed class FakeCluster(TimeProvider clock) : IEntityClient
{
    private readonly Dictionary<(Type Kind, string? Namespace, string Name), IKubernetesObject<V1ObjectMeta>> _objects = [];
    private long _version;

    /// <summary>Why an object may not be made; null lets it be.</summary>
    public Func<IKubernetesObject<V1ObjectMeta>, ApiException?> Refuse { get; set; } = _ => null;

    /// <summary>Objects made, by name.</summary>
    public List<string> Made { get; } = [];

    /// <summary>Annotations asked for, in their order.</summary>
    public List<IReadOnlyDictionary<string, string?>> Annotated { get; } = [];

    public IReadOnlyList<T> List<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => [.. _objects.Values.OfType<T>().Select(ApiJson.Copy)];

    public T? Find<T>(string? @namespace, string name)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        _objects.TryGetValue((typeof(T), @namespace, name), out var found) ? ApiJson.Copy((T)found) : null;

    /// <summary>Writes an object, whatever was there.</summary>
    public T Put<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var copy = ApiJson.Copy(entity);
        copy.Metadata.ResourceVersion = (++_version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        copy.Metadata.Uid ??= $"uid-{_version}";
        _objects[(typeof(T), copy.Metadata.NamespaceProperty, copy.Metadata.Name)] = copy;
        return ApiJson.Copy(copy);
    }

    public void Remove<T>(string? @namespace, string name)
        where T : class, IKubernetesObject<V1ObjectMeta> => _objects.Remove((typeof(T), @namespace, name));

    public Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Find<T>(@namespace, name));

    public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        Task.FromResult<IReadOnlyList<T>>([.. List<T>().Where(o => @namespace is null || o.Metadata.NamespaceProperty == @namespace)]);

    public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Find<T>(entity.Metadata.NamespaceProperty, entity.Metadata.Name) is not null)
        {
            return Task.FromResult<T?>(null);
        }

        if (Refuse(entity) is { } refusal)
        {
            throw refusal;
        }

        Made.Add(entity.Metadata.Name);
        return Task.FromResult<T?>(Put(entity));
    }

    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        Check(entity);
        return Task.FromResult(Put(entity));
    }

    public Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (entity.Metadata.Finalizers?.Contains(finalizer) != true)
        {
            return Task.FromResult<T?>(entity);
        }

        Check(entity);
        var live = Find<T>(entity.Metadata.NamespaceProperty, entity.Metadata.Name)!;
        live.Metadata.Finalizers = [.. live.Metadata.Finalizers.Where(known => known != finalizer)];
        return Task.FromResult(Store(live));
    }

    public Task<T?> AnnotateAsync<T>(string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Find<T>(@namespace, name) is not { } live)
        {
            return Task.FromResult<T?>(null);
        }

        Annotated.Add(annotations);
        var all = new Dictionary<string, string>(live.Metadata.Annotations ?? new Dictionary<string, string>());
        foreach (var (key, value) in annotations)
        {
            all.Remove(key);
            if (value is not null)
            {
                all[key] = value;
            }
        }

        live.Metadata.Annotations = all;
        return Task.FromResult<T?>(Put(live));
    }

    public Task DeleteAsync<T>(string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Find<T>(@namespace, name) is { } live && (uid is null || live.Metadata.Uid == uid))
        {
            var grace = live is V1Pod { Spec.NodeName.Length: > 0 } pod ? gracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30 : 0;
            var (began, had) = live.Metadata.DeletionTimestamp is { } ends
                ? (ends.AddSeconds(-live.Metadata.DeletionGracePeriodSeconds!.Value), live.Metadata.DeletionGracePeriodSeconds.Value)
                : (clock.GetUtcNow().UtcDateTime, long.MaxValue);
            if (grace < had)
            {
                // A grace that runs can only be shortened.
                live.Metadata.DeletionGracePeriodSeconds = grace;
                live.Metadata.DeletionTimestamp = began.AddSeconds(grace);
                Store(live);
            }
        }

        return Task.CompletedTask;
    }

    public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    /// <summary>Keeps an object, or lets it go when it is to be deleted and nothing holds it.</summary>
    private T? Store<T>(T live)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (live.Metadata is { DeletionTimestamp: not null, DeletionGracePeriodSeconds: 0 } && live.Metadata.Finalizers is null or { Count: 0 })
        {
            Remove<T>(live.Metadata.NamespaceProperty, live.Metadata.Name);
            return null;
        }

        return Put(live);
    }

    private void Check<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Find<T>(entity.Metadata.NamespaceProperty, entity.Metadata.Name)?.Metadata.ResourceVersion != entity.Metadata.ResourceVersion)
        {
            throw new ApiException(HttpStatusCode.Conflict, "Conflict", "PUT", "the object has been modified");
        }
    }
}

using System.Net;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <inheritdoc/>
internal sealed class EntityClient(
    ApiConnection connection, OperatorRuntimeOptions options, Leadership leadership, RuntimeMetrics metrics, TimeProvider time) : IEntityClient
{
    public async Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return ApiJson.Deserialize<T>(
                await connection.SendAsync(HttpMethod.Get, EntityKind.Of<T>().ObjectPath(@namespace, name), null, cancellationToken));
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var list = await new ListWatch(EntityKind.Of<T>(), @namespace, labelSelector: null, connection, options, time).ListAsync(cancellationToken);
        return [.. list.Items.Select(ApiJson.Deserialize<T>)];
    }

    public async Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        try
        {
            return await WriteAsync<T>(
                HttpMethod.Post, EntityKind.Of<T>().CollectionPath(entity.Metadata.NamespaceProperty) + Query(), ApiBody.Object(Typed(entity)), cancellationToken);
        }
        catch (ApiException exception) when (exception is { StatusCode: HttpStatusCode.Conflict, Reason: "AlreadyExists" })
        {
            return null;
        }
    }

    public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        WriteAsync<T>(HttpMethod.Patch, PathOf(entity) + Query(force: true), ApiBody.Apply(ApplyConfiguration.Of(Typed(entity))), cancellationToken);

    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        WriteAsync<T>(HttpMethod.Put, PathOf(entity) + "/status" + Query(), ApiBody.Object(Versioned(entity)), cancellationToken);

    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        WriteAsync<T>(HttpMethod.Put, PathOf(entity) + Query(), ApiBody.Object(Versioned(entity)), cancellationToken);

    public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var finalizers = entity.Metadata.Finalizers ?? [];
        if (finalizers.Contains(finalizer))
        {
            return Task.FromResult<T?>(entity);
        }

        // The version in the patch makes the server refuse it when somebody else changed the list meanwhile.
        var patch = new { metadata = new { resourceVersion = Versioned(entity).Metadata.ResourceVersion, finalizers = finalizers.Append(finalizer) } };
        return PatchAsync<T>(PathOf(entity), patch, cancellationToken);
    }

    public async Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        while (entity.Metadata.Finalizers?.IndexOf(finalizer) is { } index and >= 0)
        {
            try
            {
                return await WriteAsync<T>(HttpMethod.Patch, PathOf(entity) + Query(), ApiBody.JsonPatch(Removal(entity, index)), cancellationToken);
            }
            catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }
            catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.UnprocessableEntity)
            {
                var live = await GetAsync<T>(entity.Metadata.NamespaceProperty, entity.Metadata.Name, cancellationToken);
                if (live?.Metadata.Uid != entity.Metadata.Uid)
                {
                    return null;
                }

                if (live.Metadata.Finalizers?.SequenceEqual(entity.Metadata.Finalizers) == true)
                {
                    throw;
                }

                // Somebody else changed the list meanwhile.
                entity = live;
            }
        }

        return entity;
    }

    public Task<T?> AnnotateAsync<T>(string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        PatchAsync<T>(EntityKind.Of<T>().ObjectPath(@namespace, name), new { metadata = new { annotations } }, cancellationToken);

    public async Task DeleteAsync<T>(
        string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var wish = new V1DeleteOptions
        {
            ApiVersion = "v1",
            Kind = "DeleteOptions",
            GracePeriodSeconds = gracePeriodSeconds,
            PropagationPolicy = "Background",
            Preconditions = uid is null ? null : new V1Preconditions { Uid = uid },
        };
        try
        {
            await SendWriteAsync(HttpMethod.Delete, EntityKind.Of<T>().ObjectPath(@namespace, name), ApiBody.Object(wish), cancellationToken);
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound || IsOtherObject(exception, uid))
        {
            // Gone already, or replaced by another object of that name: what was to be deleted is no more.
            return;
        }
    }

    private async Task<T?> PatchAsync<T>(string path, object patch, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await WriteAsync<T>(HttpMethod.Patch, path + Query(), ApiBody.MergePatch(patch), cancellationToken);
        }
        catch (ApiException exception) when (exception.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// The place in a list is of use only while the list is the same, and the list is that of this object alone. What else changed, e.g. a
    /// status that a finalizer wrote, does not matter.
    /// </summary>
    private static object[] Removal<T>(T entity, int index)
        where T : class, IKubernetesObject<V1ObjectMeta> => [
            new { op = "test", path = "/metadata/uid", value = entity.Metadata.Uid },
            new { op = "test", path = "/metadata/finalizers", value = entity.Metadata.Finalizers },
            new { op = "remove", path = $"/metadata/finalizers/{index}" },
        ];

    private async Task<T> WriteAsync<T>(HttpMethod method, string path, ApiBody body, CancellationToken cancellationToken)
        where T : class => ApiJson.Deserialize<T>(await SendWriteAsync(method, path, body, cancellationToken));

    private async Task<byte[]> SendWriteAsync(HttpMethod method, string path, ApiBody body, CancellationToken cancellationToken)
    {
        leadership.ThrowIfNotLeading($"{method} {path}");
        try
        {
            return await connection.SendAsync(method, path, body, cancellationToken);
        }
        catch (ApiException exception) when (exception.IsConflict)
        {
            metrics.Conflicts.Inc();
            throw;
        }
    }

    private string Query(bool force = false) =>
        $"?fieldManager={Uri.EscapeDataString(options.FieldManager)}{(force ? "&force=true" : "")}";

    private static string PathOf<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        EntityKind.Of<T>().ObjectPath(entity.Metadata.NamespaceProperty, entity.Metadata.Name);

    /// <summary>KubernetesClient's own types leave kind and version empty, and items of a list have none; the server wants them.</summary>
    private static T Typed<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = EntityKind.Of<T>();
        if (entity.ApiVersion == kind.ApiVersion && entity.Kind == kind.Kind)
        {
            return entity;
        }

        var copy = ApiJson.Copy(entity);
        copy.ApiVersion = kind.ApiVersion;
        copy.Kind = kind.Kind;
        return copy;
    }

    private static T Versioned<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        string.IsNullOrEmpty(entity.Metadata.ResourceVersion)
            ? throw new ArgumentException($"{typeof(T).Name} {EntityKey.Of(entity)} has no resourceVersion; read it before changing it", nameof(entity))
            : Typed(entity);

    /// <summary>
    /// The server says so in one of two sentences, both about the "UID in" the precondition; any other conflict is a true one.
    /// </summary>
    private static bool IsOtherObject(ApiException exception, string? uid) =>
        uid is not null && exception.IsConflict && exception.Message.Contains("UID in ", StringComparison.Ordinal);
}

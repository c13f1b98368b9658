using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Reads and writes objects of any kind that bears <see cref="KubernetesEntityAttribute"/>, straight at the API server. An answer that is
/// not named here is an <see cref="ApiException"/>. With leader election on, writes by a replica that does not lead are refused before they
/// are sent.
/// </summary>
internal interface IEntityClient
{
    /// <summary>Reads an object; null when there is none.</summary>
    public Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Reads all objects of a kind, or those of one namespace, as they are now: for what must not be decided from a cache that may be
    /// behind.
    /// </summary>
    /// <exception cref="System.Text.Json.JsonException">One of them cannot be read.</exception>
    public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Creates an object; null when one of that name exists.</summary>
    public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Server-side apply of the fields that <paramref name="entity"/> has, with force: makes the object when there is none, gives up the
    /// fields that an earlier apply had. With a UID, the object must be that one.
    /// </summary>
    public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces <c>status</c>; a conflict (409) when the object changed since <paramref name="entity"/> was read.</summary>
    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces the object; a conflict (409) when it changed since <paramref name="entity"/> was read.</summary>
    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Adds a finalizer, unless it is there; null when the object is gone; a conflict (409) when it changed since <paramref name="entity"/>
    /// was read.
    /// </summary>
    public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Removes a finalizer, if it is there, whatever else changed since <paramref name="entity"/> was read; null when the object is gone.
    /// </summary>
    public Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Sets annotations, and takes away those whose value is null, whoever else changes the object meanwhile; null when the object is gone.
    /// </summary>
    public Task<T?> AnnotateAsync<T>(string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>
    /// Deletes an object, its dependants in the background. One that is gone, or has another UID than <paramref name="uid"/>, is left as it
    /// is.
    /// </summary>
    public Task DeleteAsync<T>(
        string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta>;
}

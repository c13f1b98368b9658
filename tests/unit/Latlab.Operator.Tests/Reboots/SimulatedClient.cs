using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>An operator's connection to the API server, which can be cut off or be slow.</summary>
internal sealed class SimulatedClient(SimulatedApi api) : IEntityClient
{
    private Action? _delayed;

    /// <summary>Writes until the operator is killed; negative is never.</summary>
    public int WritesLeft { get; set; } = -1;

    /// <summary>Has the next write of a record arrive only with <see cref="Deliver"/>.</summary>
    public bool DelayNext { get; set; }

    /// <summary>A write of the operator: counted, and one after the other.</summary>
    public Task<TResult> WriteAsync<TResult>(Func<TResult> write) => Task.FromResult(api.Alone(() =>
    {
        if (WritesLeft == 0)
        {
            throw new OperationCanceledException("killed");
        }

        WritesLeft--;
        return write();
    }));

    /// <summary>The delayed write arrives.</summary>
    public void Deliver()
    {
        var (late, _) = (_delayed, _delayed = null);
        try
        {
            late?.Invoke();
        }
        catch (ApiException)
        {
            // The object has changed since.
        }
    }

    public Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(api.Find<T>(name));

    public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult<IReadOnlyList<T>>(api.All<T>());

    public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        WriteAsync(() => api.Find<T>(entity.Metadata.Name) is null ? api.Put(entity) : null);

    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => WriteAsync(() =>
        {
            if (DelayNext)
            {
                DelayNext = false;
                _delayed = () => api.Replace(entity);
                throw new TimeoutException("no answer");
            }

            return api.Replace(entity);
        });

    public Task DeleteAsync<T>(
        string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta> => WriteAsync(() =>
        {
            if (api.Find<T>(name)?.Metadata.Uid == uid)
            {
                api.Remove<T>(name);
            }

            return true;
        });

    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AnnotateAsync<T>(
        string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();
}

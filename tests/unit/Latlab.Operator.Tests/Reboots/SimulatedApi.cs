using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>An API server that knows versions, and an operator's connection to it, which can be cut off or be slow.</summary>
internal sealed class SimulatedApi : IEntityClient
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Type Type, string Name), IKubernetesObject<V1ObjectMeta>> _live = [];
    private Action? _delayed;
    private long _version;

    /// <summary>Sees each change at the moment at which it is made: the object before and after.</summary>
    public event Action<IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?>? Changed;

    /// <summary>Writes until the operator is killed; negative is never.</summary>
    public int WritesLeft { get; set; } = -1;

    /// <summary>Has the next write of a record arrive only with <see cref="Deliver"/>.</summary>
    public bool DelayNext { get; set; }

    public T? Find<T>(string name)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            return _live.TryGetValue((typeof(T), name), out var found) ? ApiJson.Copy((T)found) : null;
        }
    }

    public List<T> All<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            return [.. _live.Values.OfType<T>().Select(ApiJson.Copy)];
        }
    }

    public T Put<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            var copy = ApiJson.Copy(entity);
            copy.Metadata.ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture);
            copy.Metadata.Uid ??= $"uid-{_version}";
            var before = Find<T>(copy.Metadata.Name);
            _live[(typeof(T), copy.Metadata.Name)] = copy;
            Changed?.Invoke(before, copy);
            return ApiJson.Copy(copy);
        }
    }

    public void Remove<T>(string name)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            if (_live.Remove((typeof(T), name), out var last))
            {
                last.Metadata.ResourceVersion = (++_version).ToString(CultureInfo.InvariantCulture);
                Changed?.Invoke(last, null);
            }
        }
    }

    public void Edit<T>(string name, Action<T> change)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            var entity = Find<T>(name)!;
            change(entity);
            Put(entity);
        }
    }

    /// <summary>A write of the operator: counted, and one after the other.</summary>
    public Task<TResult> WriteAsync<TResult>(Func<TResult> write)
    {
        lock (_gate)
        {
            if (WritesLeft == 0)
            {
                throw new OperationCanceledException("killed");
            }

            WritesLeft--;
            return Task.FromResult(write());
        }
    }

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
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Find<T>(name));

    public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult<IReadOnlyList<T>>(All<T>());

    public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => WriteAsync(() => Find<T>(entity.Metadata.Name) is null ? Put(entity) : null);

    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => WriteAsync(() =>
        {
            if (DelayNext)
            {
                DelayNext = false;
                _delayed = () => Replace(entity);
                throw new TimeoutException("no answer");
            }

            return Replace(entity);
        });

    public Task DeleteAsync<T>(string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta> => WriteAsync(() =>
        {
            if (Find<T>(name)?.Metadata.Uid == uid)
            {
                Remove<T>(name);
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

    private T Replace<T>(T entity)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        lock (_gate)
        {
            var before = Find<T>(entity.Metadata.Name) ?? throw new ApiException(HttpStatusCode.NotFound, "NotFound", "PUT", "gone");
            return before.Metadata.ResourceVersion == entity.Metadata.ResourceVersion
                ? Put(entity)
                : throw new ApiException(HttpStatusCode.Conflict, "Conflict", "PUT", "modified");
        }
    }
}

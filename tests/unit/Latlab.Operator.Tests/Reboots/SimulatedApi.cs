using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>An API server that knows versions.</summary>
internal sealed class SimulatedApi
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(Type Type, string Name), IKubernetesObject<V1ObjectMeta>> _live = [];
    private long _version;

    /// <summary>Sees each change at the moment at which it is made: the object before and after.</summary>
    public event Action<IKubernetesObject<V1ObjectMeta>?, IKubernetesObject<V1ObjectMeta>?>? Changed;

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

    /// <summary>Does something while nobody else does anything.</summary>
    public TResult Alone<TResult>(Func<TResult> work)
    {
        lock (_gate)
        {
            return work();
        }
    }

    /// <summary>Writes it, if it is as the writer knows it.</summary>
    public T Replace<T>(T entity)
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

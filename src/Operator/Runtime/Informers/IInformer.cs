using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Keeps a cache of the objects of a kind and tells of their changes.</summary>
internal interface IInformer
{
    /// <summary>Kind and, if it is one namespace's, namespace: for messages.</summary>
    public string Name { get; }

    public string? Namespace { get; }

    /// <summary>Completes once the cache holds all objects that were there at the start.</summary>
    public Task Synced { get; }

    /// <summary>Follows the API server until cancelled. Faults only by a defect of the informer itself.</summary>
    public Task RunAsync(CancellationToken cancellationToken);
}

/// <inheritdoc/>
internal interface IInformer<TEntity> : IInformer
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public IEntityCache<TEntity> Cache { get; }

    /// <summary>
    /// Calls <paramref name="handler"/> with each change, one at a time and in order: (null, new), (old, new), (old, null); with (same,
    /// same) at a resync. It must be quick, and is called for the objects there are when it is added late.
    /// </summary>
    public void Subscribe(Action<TEntity?, TEntity?> handler);
}

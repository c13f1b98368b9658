using k8s;
using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;
using Latlab.Operator.TunedNodes;
using Prometheus;

namespace Latlab.Operator.Tests.TunedNodes;

/// <summary>
/// An API server that holds TunedNodes and NodeTunings, and caches that know only what a test says they know. Objects that go keep nothing
/// behind: finalizers are recorded, not honoured.
/// </summary>
internal sealed class LaggingCluster : IEntityClient, IEntityCaches, IEventPublisher, INodeActions, IPodEvictions
{
    private static readonly OperatorSettings Settings = new();
    private readonly Dictionary<(Type Type, string Name), IKubernetesObject<V1ObjectMeta>> _objects = [];

    public EntityStore<V1Alpha1TunedNode> TunedNodes { get; } = Store<V1Alpha1TunedNode>();

    public EntityStore<V1Alpha1NodeTuning> Tunings { get; } = Store<V1Alpha1NodeTuning>();

    public EntityStore<V1Node> Nodes { get; } = Store<V1Node>();

    public EntityStore<V1Lease> Leases { get; } = Store<V1Lease>();

    public EntityStore<V1Alpha1LatencyRun> Runs { get; } = new("run", new Dictionary<string, Func<V1Alpha1LatencyRun, IEnumerable<string>>>
    {
        [RunIndexes.ByUid] = run => [run.Metadata.Uid],
    });

    public List<string> Events { get; } = [];

    public List<string> FinalizersRemoved { get; } = [];

    public NodeHolders Holders => new(Leases, Runs, Settings);

    public TunedNodeObserver Observer => new(TunedNodes, Tunings, Nodes, Holders, Reboots, Agents, TimeProvider.System);

    /// <summary>Nobody watches them here.</summary>
    public AgentPods Agents => new(this, Settings, TimeProvider.System);

    public TunedNodeApplier Applier => new(this, Tunings, this);

    public NodeTuningController NodeTuningController => new(
        Nodes, TunedNodes, Holders, Reboots, new RebootApplier(this, this, this, this, new RebootMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())), Settings, TimeProvider.System),
        this, this, this, new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())), Settings, TimeProvider.System);

    private RebootObserver Reboots => new(TunedNodes, Tunings, Nodes, Holders, this, this, Settings);

    /// <summary>Puts an object into the API server alone.</summary>
    public void Add(IKubernetesObject<V1ObjectMeta> entity) => _objects[(entity.GetType(), entity.Metadata.Name)] = entity;

    public T? Find<T>(string name)
        where T : class => _objects.GetValueOrDefault((typeof(T), name)) as T;

    /// <summary>Lets the run hold the node.</summary>
    public void Hold(string node, string runUid) =>
        Leases.Set(NodeReservation.Lease(Settings.RunsNamespace, node, runUid, "run", DateTimeOffset.UnixEpoch));

    public Task<T?> GetAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(Find<T>(name));

    public Task<IReadOnlyList<T>> ListAsync<T>(string? @namespace, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult<IReadOnlyList<T>>([.. _objects.Values.OfType<T>()]);

    public Task<T?> TryCreateAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        var isNew = Find<T>(entity.Metadata.Name) is null;
        if (isNew)
        {
            Add(entity);
        }

        return Task.FromResult(isNew ? entity : null);
    }

    public Task<T> ReplaceAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        // As the API server does: whoever has not seen the newest version may not replace it.
        Assert.Equal(Find<T>(entity.Metadata.Name)?.Metadata.ResourceVersion, entity.Metadata.ResourceVersion);
        Add(ApiJson.Copy(entity));
        return Task.FromResult(entity);
    }

    public Task<T> UpdateStatusAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(entity);

    public Task<T?> RemoveFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        FinalizersRemoved.Add(entity.Metadata.Name);
        return Task.FromResult<T?>(entity);
    }

    public Task DeleteAsync<T>(string? @namespace, string name, string? uid, CancellationToken cancellationToken, int? gracePeriodSeconds = null)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Find<T>(name)?.Metadata.Uid == uid)
        {
            _objects.Remove((typeof(T), name));
        }

        return Task.CompletedTask;
    }

    public void Publish(IKubernetesObject<V1ObjectMeta> entity, EventType type, string reason, string message) => Events.Add(reason);

    public IEntityCache<TEntity> Of<TEntity>(string? @namespace = null)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T> ApplyAsync<T>(T entity, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AddFinalizerAsync<T>(T entity, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<T?> AnnotateAsync<T>(
        string? @namespace, string name, IReadOnlyDictionary<string, string?> annotations, CancellationToken cancellationToken)
        where T : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task CordonAsync(string node, string tuningUid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UncordonAsync(string node, string tuningUid, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CountRebootAsync(string node, string? seen, string counted, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task TaintAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task UntaintAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<V1Pod>> ListAsync(string node, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string?> EvictAsync(V1Pod pod, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static EntityStore<T> Store<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => new(typeof(T).Name, new Dictionary<string, Func<T, IEnumerable<string>>>());
}

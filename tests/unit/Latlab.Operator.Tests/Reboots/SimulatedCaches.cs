using k8s;
using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>An operator's caches, which know only what they were told.</summary>
internal sealed class SimulatedCaches(SimulatedApi api)
{
    public EntityStore<V1Alpha1TunedNode> TunedNodes { get; } = Store<V1Alpha1TunedNode>();

    public EntityStore<V1Alpha1NodeTuning> Tunings { get; } = Store<V1Alpha1NodeTuning>();

    public EntityStore<V1Node> Nodes { get; } = Store<V1Node>();

    public EntityStore<V1Lease> Leases { get; } = Store<V1Lease>();

    public EntityStore<V1Alpha1LatencyRun> Runs { get; } = new("run", new Dictionary<string, Func<V1Alpha1LatencyRun, IEnumerable<string>>>
    {
        [RunIndexes.ByUid] = run => [run.Metadata.Uid],
    });

    /// <summary>They learn everything.</summary>
    public void Sync()
    {
        Sync(TunedNodes);
        Sync(Tunings);
        Sync(Nodes);
        Sync(Leases);
    }

    /// <summary>That of nodes alone does.</summary>
    public void SyncNodes() => Sync(Nodes);

    /// <summary>One NodeTuning is learnt of.</summary>
    public void SyncTuning(string name)
    {
        if (api.Find<V1Alpha1NodeTuning>(name) is { } tuning)
        {
            Tunings.Set(tuning);
        }
    }

    private void Sync<T>(EntityStore<T> store)
        where T : class, IKubernetesObject<V1ObjectMeta>
    {
        foreach (var stale in store.List().Where(known => api.Find<T>(known.Metadata.Name) is null))
        {
            store.Remove(EntityKey.Of(stale));
        }

        foreach (var entity in api.All<T>())
        {
            store.Set(entity);
        }
    }

    private static EntityStore<T> Store<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> => new(typeof(T).Name, new Dictionary<string, Func<T, IEnumerable<string>>>());
}

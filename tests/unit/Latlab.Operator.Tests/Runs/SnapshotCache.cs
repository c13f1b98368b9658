using k8s;
using k8s.Models;
using Latlab.Operator.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Tests.Runs;

/// <summary>An informer's cache that knows what it was last told.</summary>
internal sealed class SnapshotCache<T> : IEntityCache<T>
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private IReadOnlyList<T> _known = [];

    public void Tell(IReadOnlyList<T> objects) => _known = objects;

    public T? Get(string? @namespace, string name) => _known.FirstOrDefault(o => o.Metadata.NamespaceProperty == @namespace && o.Metadata.Name == name);

    public IReadOnlyList<T> List(string? @namespace = null) => _known;

    public IReadOnlyList<T> ByIndex(string indexName, string key) =>
        indexName == RunIndexes.ByUid ? [.. _known.Where(o => o.Metadata.Uid == key)] : throw new ArgumentException($"no index {indexName}", nameof(indexName));
}

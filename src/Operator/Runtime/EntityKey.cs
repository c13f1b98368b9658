using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Names one object among those of its kind.</summary>
/// <param name="Namespace">Namespace, or null for a cluster-scoped object.</param>
/// <param name="Name">Name.</param>
internal readonly record struct EntityKey(string? Namespace, string Name)
{
    public static EntityKey Of(IKubernetesObject<V1ObjectMeta> entity)
    {
        var @namespace = entity.Metadata.NamespaceProperty;
        return new(string.IsNullOrEmpty(@namespace) ? null : @namespace, entity.Metadata.Name);
    }

    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}

using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Maps an owned object to its owner.</summary>
internal static class OwnerMapping
{
    /// <summary>
    /// The <typeparamref name="TOwner"/> that controls <paramref name="owned"/>, or nothing. A cluster-scoped object's owner is cluster-scoped; the
    /// owner of an object in a namespace is taken to be in the same one, and is asked for cluster-wide where its kind has no namespaces.
    /// </summary>
    public static IEnumerable<EntityKey> ControllerOf<TOwner>(IKubernetesObject<V1ObjectMeta> owned)
        where TOwner : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = EntityKind.Of<TOwner>();
        var reference = owned.Metadata.OwnerReferences?
            .FirstOrDefault(owner => owner.Controller == true && owner.Kind == kind.Kind && GroupOf(owner.ApiVersion) == kind.Group);
        if (reference is null)
        {
            yield break;
        }

        var @namespace = EntityKey.Of(owned).Namespace;
        yield return new(@namespace, reference.Name);
        if (@namespace is not null)
        {
            // The scope of a kind is not part of its type. Reconciling a key that names nothing costs a look into the cache.
            yield return new(null, reference.Name);
        }
    }

    private static string GroupOf(string apiVersion) => apiVersion.Contains('/') ? apiVersion[..apiVersion.IndexOf('/')] : "";
}

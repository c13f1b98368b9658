using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Maps an owned object to its owner.</summary>
internal static class OwnerMapping
{
    /// <summary>
    /// The <typeparamref name="TOwner"/> that controls <paramref name="owned"/>, or nothing. It is in the same namespace, or cluster-scoped
    /// like the owned object: a kind's type does not tell its scope, and no controller here needs the third way that Kubernetes allows.
    /// </summary>
    public static IEnumerable<EntityKey> ControllerOf<TOwner>(IKubernetesObject<V1ObjectMeta> owned)
        where TOwner : class, IKubernetesObject<V1ObjectMeta>
    {
        var kind = EntityKind.Of<TOwner>();
        var reference = owned.Metadata.OwnerReferences?
            .FirstOrDefault(owner => owner.Controller == true && owner.Kind == kind.Kind && GroupOf(owner.ApiVersion) == kind.Group);
        return reference is null ? [] : [new EntityKey(EntityKey.Of(owned).Namespace, reference.Name)];
    }

    private static string GroupOf(string apiVersion) => apiVersion.Contains('/') ? apiVersion[..apiVersion.IndexOf('/')] : "";
}

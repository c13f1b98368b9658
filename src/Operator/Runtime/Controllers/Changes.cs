using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Predicates over an object before and after a change.</summary>
internal static class Changes
{
    /// <summary>It came, went, is being deleted, or asks for something else: anything but its status.</summary>
    public static bool OfWish<TEntity>(TEntity? before, TEntity? after)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> =>
        before is null || after is null
        || before.Metadata.Generation != after.Metadata.Generation
        || before.Metadata.DeletionTimestamp != after.Metadata.DeletionTimestamp;
}

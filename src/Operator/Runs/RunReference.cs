using k8s;
using k8s.Models;
using Latlab.Crds;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>How a run pod or a Lease names its run: owner references do not reach across namespaces.</summary>
internal static class RunReference
{
    /// <summary>Annotation on run pods and Leases: namespace and name of the run.</summary>
    public const string Annotation = ApiGroup.Name + "/run";

    public static string To(V1Alpha1LatencyRun run) => $"{run.Metadata.NamespaceProperty}/{run.Metadata.Name}";

    /// <summary>The run that an object belongs to, by name; null when it does not say.</summary>
    public static EntityKey? Of(IKubernetesObject<V1ObjectMeta> entity) =>
        entity.Metadata.Annotations?.TryGetValue(Annotation, out var text) == true && text.Split('/') is [{ Length: > 0 } @namespace, { Length: > 0 } name]
            ? new EntityKey(@namespace, name)
            : null;

    /// <summary>The UID of the run that a run pod belongs to; null when it does not say.</summary>
    public static string? UidOf(V1Pod pod) => pod.Metadata.Labels?.TryGetValue(ApiGroup.RunUidLabel, out var uid) == true ? uid : null;
}

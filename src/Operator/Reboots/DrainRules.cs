using k8s.Models;

namespace Latlab.Operator.Reboots;

/// <summary>Which pods have to leave a node before its reboot, pure.</summary>
/// <param name="Evictable">To be asked to end.</param>
/// <param name="Ending">Asked already.</param>
/// <param name="Blocker">Why the node cannot be emptied, whatever is tried; null when nothing is in the way.</param>
internal sealed record DrainRules(IReadOnlyList<V1Pod> Evictable, IReadOnlyList<V1Pod> Ending, string? Blocker)
{
    private const string MirrorAnnotation = "kubernetes.io/config.mirror";

    public bool IsEmpty => Evictable.Count == 0 && Ending.Count == 0;

    /// <summary>What is left, in words.</summary>
    public string Left => Evictable.Concat(Ending).ToList() is [var first, ..] all
        ? $"{all.Count} pods are left, e.g. {Name(first)}"
        : "no pod is left";

    public static DrainRules Of(IReadOnlyList<V1Pod> pods, bool force, (string Namespace, string Name)? ownPod)
    {
        var leaving = pods.Where(pod => MustLeave(pod) && Key(pod) != ownPod).ToList();
        var bare = force ? null : leaving.Find(pod => pod.Metadata.DeletionTimestamp is null && Controller(pod) is null);
        return new DrainRules(
            [.. leaving.Where(pod => pod.Metadata.DeletionTimestamp is null)],
            [.. leaving.Where(pod => pod.Metadata.DeletionTimestamp is not null)],
            bare is null ? null : $"pod {Name(bare)} has no controller that would make it anew: delete it, or set disruption.drain.force");
    }

    public static string Name(V1Pod pod) => $"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";

    /// <summary>Pods that the node itself starts come back with it; those that have ended lose nothing.</summary>
    private static bool MustLeave(V1Pod pod) =>
        pod.Status?.Phase is not ("Succeeded" or "Failed")
        && pod.Metadata.Annotations?.ContainsKey(MirrorAnnotation) != true
        && Controller(pod) is not { Kind: "DaemonSet" or "Node" };

    private static V1OwnerReference? Controller(V1Pod pod) =>
        pod.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Controller == true);

    private static (string Namespace, string Name)? Key(V1Pod pod) => (pod.Metadata.NamespaceProperty, pod.Metadata.Name);
}

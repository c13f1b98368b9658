using k8s.Models;
using Latlab.Crds;

namespace Latlab.Operator.Reboots;

/// <summary>
/// How a node says that a reboot cordoned it: an annotation with the NodeTuning's UID, written and taken away together with the cordon. A
/// cordon without it is somebody else's and stays.
/// </summary>
internal static class CordonMark
{
    public const string Annotation = ApiGroup.Name + "/cordoned-by";

    /// <summary>UID of the NodeTuning whose reboot cordoned the node; null when none did.</summary>
    public static string? Of(V1Node node) => node.Metadata.Annotations?.TryGetValue(Annotation, out var uid) == true ? uid : null;
}

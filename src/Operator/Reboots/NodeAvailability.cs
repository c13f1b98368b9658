using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>
/// Whether a node does work: it does while it is Ready. Somebody's cordon ends nothing that runs on it, pods or a member of etcd, and may
/// stay for weeks: a rollout that counted it as out of work would wait as long.
/// </summary>
internal static class NodeAvailability
{
    private static readonly string[] ControlPlaneLabels = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

    public static bool IsReady(V1Node node) => Ready(node)?.Status == "True";

    /// <summary>Since when it does not; null when it does, or never did.</summary>
    public static DateTimeOffset? NotReadySince(V1Node node) =>
        Ready(node) is { Status: not "True" } condition ? ApiTime.Of(condition.LastTransitionTime) : null;

    public static bool IsControlPlane(V1Node node) => ControlPlaneLabels.Any(label => node.Metadata.Labels?.ContainsKey(label) == true);

    private static V1NodeCondition? Ready(V1Node node) => node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
}

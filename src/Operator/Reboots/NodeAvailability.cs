using k8s.Models;

namespace Latlab.Operator.Reboots;

/// <summary>Whether a node does work.</summary>
internal static class NodeAvailability
{
    private static readonly string[] ControlPlaneLabels = ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"];

    public static bool IsReady(V1Node node) => Ready(node)?.Status == "True";

    /// <summary>Since when it does not; null when it does, or never did.</summary>
    public static DateTimeOffset? NotReadySince(V1Node node) => Ready(node) is { Status: not "True", LastTransitionTime: { } since }
        ? new DateTimeOffset(DateTime.SpecifyKind(since, DateTimeKind.Utc))
        : null;

    public static bool IsControlPlane(V1Node node) => ControlPlaneLabels.Any(label => node.Metadata.Labels?.ContainsKey(label) == true);

    private static V1NodeCondition? Ready(V1Node node) => node.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready");
}

using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// Leave for agents to restart kubelet where it does not count hugepages that are in effect (<see cref="KubeletRestartGrant"/>), pure. One
/// for each generation in each boot: a kubelet that does not count them then is for people to look at.
/// </summary>
internal static class KubeletRestarts
{
    /// <summary>The NodeTuning of a node with the grant; null when there is none to give, or it was given before.</summary>
    public static V1Alpha1NodeTuning? Granted(KubeletTuning? policy, NodeView node, IReadOnlySet<string> reserved)
    {
        if (policy?.Restart != KubeletRestart.Allowed || node.Uncounted is null || reserved.Contains(node.Name) || IsGranted(node))
        {
            return null;
        }

        var copy = Runtime.ApiJson.Copy(node.Tuning!);
        copy.Metadata.Annotations = new Dictionary<string, string>(copy.Metadata.Annotations ?? new Dictionary<string, string>())
        {
            [KubeletRestartGrant.Annotation] = Grant(node),
        };
        return copy;
    }

    /// <summary>Whether the agent may do it, and has not yet.</summary>
    public static bool IsUnderWay(NodeView node) => IsGranted(node) && node.Tuning!.Status?.Kubelet?.RestartedFor != Grant(node);

    /// <summary>What is, or is to be, done about the hugepages that a node's kubelet does not count.</summary>
    public static string Words(NodeView node) => (IsGranted(node), IsUnderWay(node), node.Tuning!.Status?.Kubelet?.RestartProblem) switch
    {
        (false, _, _) => "it counts them when it starts, so restart it there, or set kubelet.restart: Allowed",
        (_, true, _) => "its agent is about to restart it",
        (_, _, { } problem) => $"its agent could not restart it ({problem}); restart it there",
        _ => "its agent has restarted it; if it goes on so, see journalctl -u kubelet there",
    };

    private static bool IsGranted(NodeView node) => node.Tuning!.Metadata.Annotations?.TryGetValue(KubeletRestartGrant.Annotation, out var grant) == true && grant == Grant(node);

    private static string Grant(NodeView node) => KubeletRestartGrant.For(node.Tuning!.Status?.BootId, node.Tuning.Metadata.Generation);
}

using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// Leave for agents to restart kubelet where it does not know the hugepages that there are (<see cref="KubeletRestartGrant"/>), pure. One
/// for each generation in each boot: a kubelet that does not know them then is for people to look at. None where kubelet might not start
/// again: with a Static memory manager it ends at once when hugepages are others than in its state (kubernetes/kubernetes#109996), and
/// the node is lost.
/// </summary>
internal static class KubeletRestarts
{
    /// <summary>The NodeTuning of a node with the grant; null when there is none to give, or it was given before.</summary>
    public static V1Alpha1NodeTuning? Granted(KubeletTuning? policy, NodeView node, IReadOnlySet<string> reserved)
    {
        if (policy?.Restart != KubeletRestart.Allowed || node.Miscounted is null || reserved.Contains(node.Name) || IsGranted(node)
            || Hazard(node) is not null || !KubeletHugePages.AreMade(node.Tuning!))
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
    public static bool IsUnderWay(NodeView node) =>
        Hazard(node) is null && IsGranted(node) && node.Tuning!.Status?.Kubelet?.RestartedFor != Grant(node);

    /// <summary>What is, or is to be, done about the hugepages that a node's kubelet does not know.</summary>
    public static string Words(NodeView node) => (Hazard(node), IsGranted(node), IsUnderWay(node), node.Tuning!.Status?.Kubelet?.RestartProblem) switch
    {
        ({ } hazard, _, _, _) => $"it counts them when it starts, and latlab does not restart it: {hazard}",
        (_, false, _, _) => "it counts them when it starts, so restart it there, or set kubelet.restart: Allowed",
        (_, _, true, _) => "its agent is about to restart it",
        (_, _, _, { } problem) => $"its agent could not restart it ({problem}); restart it there",
        _ => "its agent has restarted it; if it goes on so, see journalctl -u kubelet there",
    };

    /// <summary>Why it might not start again; null where it is known to. An agent of an older version says of the policy only.</summary>
    private static string? Hazard(NodeView node) => node.Tuning!.Status?.Kubelet switch
    {
        { RestartHazard: { } hazard } => hazard,
        { MemoryManagerPolicy: "None" } => null,
        _ => "its agent has not said that its memoryManagerPolicy is None, with which alone it starts again; see status.kubelet of the NodeTuning",
    };

    private static bool IsGranted(NodeView node) => node.Tuning!.Metadata.Annotations?.TryGetValue(KubeletRestartGrant.Annotation, out var grant) == true && grant == Grant(node);

    private static string Grant(NodeView node) => KubeletRestartGrant.For(node.Tuning!.Status?.BootId, node.Tuning.Metadata.Generation);
}

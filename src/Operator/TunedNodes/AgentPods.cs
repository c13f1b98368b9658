using k8s.Models;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>
/// Whether a node's agent is there and looks. What its NodeTuning says is as old as its last look, and an agent that is gone, or stuck, says
/// nothing: kubelet asks each agent whether its pass goes on (the probes of the DaemonSet), and the pod has the answer.
/// </summary>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Get | RbacVerb.List | RbacVerb.Watch, Scope = RbacScope.OperatorNamespace)]
internal sealed class AgentPods(IEntityCaches caches, OperatorSettings settings, TimeProvider clock)
{
    /// <summary>Label of the DaemonSet's pods.</summary>
    public const string Selector = "app.kubernetes.io/component=agent";

    /// <summary>Index of the pods by their node.</summary>
    public const string ByNode = "node";

    /// <summary>Between two looks: nothing is done about it, and an update of the agents makes each of them unready for a moment.</summary>
    public static readonly TimeSpan NextLook = TimeSpan.FromMinutes(1);

    /// <summary>Whether anybody watches them: not where the operator runs outside of the chart.</summary>
    public bool AreWatched => settings.AgentsNamespace is not null;

    /// <summary>Why nobody looks at each of these nodes, where nobody does.</summary>
    public IReadOnlyDictionary<string, string> Problems(IEnumerable<V1Node> nodes)
    {
        if (settings.AgentsNamespace is not { } @namespace)
        {
            return new Dictionary<string, string>();
        }

        var pods = caches.Of<V1Pod>(@namespace);
        var now = clock.GetUtcNow();
        return nodes.Select(node => (node.Metadata.Name, Problem: Problem(pods.ByIndex(ByNode, node.Metadata.Name), @namespace, now)))
            .Where(node => node.Problem is not null)
            .ToDictionary(node => node.Name, node => node.Problem!);
    }

    /// <summary>Of the pods of one node; null when one of them is ready, or was a moment ago.</summary>
    internal static string? Problem(IReadOnlyList<V1Pod> pods, string @namespace, DateTimeOffset now)
    {
        if (pods.Count == 0)
        {
            return $"no agent is on the node any more; see `kubectl -n {@namespace} describe daemonset` and the chart's agent.nodeSelector";
        }

        var unready = pods.Where(pod => pod.Metadata.DeletionTimestamp is null).Select(pod => (pod.Metadata.Name, Since: UnreadySince(pod))).ToList();
        return unready.Count == 0 || unready.Any(pod => pod.Since is not { } since || now - since < NextLook)
            ? null
            : $"its agent has not been ready since {unready[0].Since:yyyy-MM-dd HH:mm 'UTC'}; see `kubectl -n {@namespace} logs {unready[0].Name}`";
    }

    /// <summary>Null while it is ready.</summary>
    private static DateTimeOffset? UnreadySince(V1Pod pod) => pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready") switch
    {
        { Status: "True" } => null,
        { LastTransitionTime: { } time } => ApiTime.Of(time),
        _ => ApiTime.Of(pod.Metadata.CreationTimestamp),
    };
}

using k8s.Models;
using Latlab.Crds.TunedNodes;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;

namespace Latlab.Operator.TunedNodes;

/// <summary>Resolves a TunedNode to NodeTunings, pure. A node that a run holds is left as it is until the run has ended.</summary>
internal static class TunedNodePlanner
{
    private static readonly TunedNodeValidator Validator = new();

    public static TunedNodePlan Plan(TunedNodeObservation observed, DateTimeOffset now)
    {
        var tunedNode = observed.TunedNode;
        var refusals = Validator.Refusals(tunedNode.Spec);
        if (refusals.Count > 0)
        {
            // What is in effect stays: a typing error must not restore a node under somebody's feet.
            return new TunedNodePlan { Status = TunedNodeStatusBuilder.Refused(tunedNode, refusals, now) };
        }

        var tunings = observed.Tunings.ToDictionary(t => t.Metadata.Name);
        var matching = observed.Nodes.Where(n => NodeClaims.Matches(tunedNode.Spec, n)).OrderBy(n => n.Metadata.Name, StringComparer.Ordinal).ToList();
        // One whose spec is refused claims nothing: it must not keep a node from another.
        var claimants = observed.TunedNodes.Where(t => t.Metadata.Uid == tunedNode.Metadata.Uid || Validator.Refusals(t.Spec).Count == 0).ToList();
        var wished = new ResolvedWish(tunedNode);
        List<NodeWish> wishes = [];
        List<NodeView> views = [];
        foreach (var node in matching)
        {
            var tuning = tunings.GetValueOrDefault(node.Metadata.Name);
            var owner = NodeClaims.Owner(node, claimants, tuning);
            var view = View(node, tunedNode, wished, owner, tuning, observed.ReservedNodes) with
            {
                Reboot = observed.Reboots?.Views.GetValueOrDefault(node.Metadata.Name),
                Agent = observed.AgentProblems.GetValueOrDefault(node.Metadata.Name),
            };
            views.Add(view);
            if (view.Wish is { } wish)
            {
                wishes.Add(wish);
            }
        }

        var matchingNames = matching.Select(n => n.Metadata.Name).ToHashSet();
        return new TunedNodePlan
        {
            Apply = wishes,
            RestartKubelet = [.. views.Select(view => KubeletRestarts.Granted(tunedNode.Spec.Kubelet, view, observed.ReservedNodes)).OfType<V1Alpha1NodeTuning>()],
            Delete = [.. Releases(observed, t => !matchingNames.Contains(t.Metadata.Name))],
            Status = TunedNodeStatusBuilder.Accepted(tunedNode, wished.Spec, views, observed.Reboots, now),
        };
    }

    /// <summary>What to do when the TunedNode is being deleted.</summary>
    public static TunedNodePlan PlanDeletion(TunedNodeObservation observed, DateTimeOffset now)
    {
        var left = NodesLeft.Of(observed, observed.Tunings.Where(t => IsOwn(observed, t)));
        return new TunedNodePlan
        {
            Delete = [.. Releases(observed, _ => true)],
            Remaining = left.Count,
            Status = TunedNodeStatusBuilder.Deleting(observed.TunedNode, left, observed.Reboots, now),
        };
    }

    private static IEnumerable<NodeRelease> Releases(TunedNodeObservation observed, Func<V1Alpha1NodeTuning, bool> predicate) => observed.Tunings
        .Where(t => IsOwn(observed, t) && t.Metadata.DeletionTimestamp is null && !observed.ReservedNodes.Contains(t.Metadata.Name) && predicate(t))
        .Select(t => new NodeRelease(t.Metadata.Name, t.Metadata.Uid));

    private static bool IsOwn(TunedNodeObservation observed, V1Alpha1NodeTuning tuning) => tuning.Spec.TunedNode.Uid == observed.TunedNode.Metadata.Uid;

    private static NodeView View(
        V1Node machine, V1Alpha1TunedNode tunedNode, ResolvedWish wished, V1Alpha1TunedNode? owner, V1Alpha1NodeTuning? tuning, IReadOnlySet<string> reserved)
    {
        var node = machine.Metadata.Name;
        if (owner?.Metadata.Uid != tunedNode.Metadata.Uid)
        {
            return new NodeView(node) { ClaimedBy = owner?.Metadata.Name ?? "" };
        }

        // The NodeTuning of the last owner goes first, and with it the node is restored.
        var isForeign = tuning is not null && tuning.Spec.TunedNode.Uid != tunedNode.Metadata.Uid;
        if (isForeign || tuning?.Metadata.DeletionTimestamp is not null)
        {
            return new NodeView(node) { Waiting = $"is being restored from TunedNode \"{tuning!.Spec.TunedNode.Name}\"" };
        }

        var isCurrent = tuning is not null && wished.IsOf(tuning);
        if (!isCurrent && tuning is not null && reserved.Contains(node))
        {
            return new NodeView(node) { Tuning = tuning, Waiting = "is held by a run; the new spec is applied when that has ended" };
        }

        return new NodeView(node)
        {
            Tuning = tuning,
            Wish = isCurrent ? null : new NodeWish(node, wished.Spec),
            Miscounted = isCurrent ? KubeletHugePages.Miscounted(tuning!, machine) : null,
        };
    }
}

/// <summary>A matching node, as the TunedNode sees it.</summary>
internal sealed record NodeView(string Name)
{
    /// <summary>The other TunedNode that has it; null when this one has.</summary>
    public string? ClaimedBy { get; init; }

    /// <summary>What keeps the wish from being written.</summary>
    public string? Waiting { get; init; }

    /// <summary>Hugepages that kubelet does not offer to pods yet, or still does, in words; null when it knows those that there are.</summary>
    public string? Miscounted { get; init; }

    /// <summary>Why nobody looks at the node now; null when its agent does, or nobody knows.</summary>
    public string? Agent { get; init; }

    /// <summary>How its reboot stands; null when it needs none.</summary>
    public RebootView? Reboot { get; init; }

    public V1Alpha1NodeTuning? Tuning { get; init; }

    public NodeWish? Wish { get; init; }
}

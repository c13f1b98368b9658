using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.TunedNodes;

namespace Latlab.Operator.TunedNodes;

/// <summary>What the nodes' agents say of kubelet, summed up. Pure.</summary>
internal static class KubeletAlignment
{
    /// <summary>
    /// The conditions with <see cref="TunedNodeConditions.KubeletAligned"/>; without it when no node has an isolated CPU.
    /// </summary>
    public static IEnumerable<Condition> Into(IEnumerable<Condition> conditions, IReadOnlyList<NodeView> nodes, long? generation, DateTimeOffset now)
    {
        const string Type = TunedNodeConditions.KubeletAligned;
        var said = nodes
            .Select(node => (node.Name, Condition: node.Tuning?.Status?.Conditions.Get(NodeTuningConditions.KubeletAligned)!))
            .Where(node => node.Condition is not null)
            .ToList();
        if (said.Count == 0)
        {
            return conditions.Where(condition => condition.Type != Type);
        }

        // One that is known to be wrong comes before one that nobody could look at.
        var (name, worst) = said.OrderBy(node => node.Condition.Status switch { ConditionStatus.False => 0, ConditionStatus.Unknown => 1, _ => 2 }).First();
        var alike = said.Count(node => node.Condition.Status == worst.Status);
        var message = worst.Status == ConditionStatus.True ? $"kubelet fits the isolated CPUs on all {said.Count} nodes that have some" : $"{alike} of {said.Count} nodes; \"{name}\": {worst.Message}";
        return conditions.With(Type, worst.Status, worst.Reason, message, generation, now);
    }
}

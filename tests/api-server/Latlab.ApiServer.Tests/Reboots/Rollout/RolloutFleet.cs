using k8s;
using Latlab.Operator.Entities;
using Latlab.Operator.Reboots;
using Latlab.Operator.Runtime;
using Testing;

namespace Latlab.ApiServer.Tests.Reboots.Rollout;

/// <summary>Which nodes of a rollout there are, and which of them an administrator has cordoned.</summary>
internal sealed class RolloutFleet(
    IKubernetes kubernetes, FakeNodes nodes, IEntityCache<V1Alpha1NodeTuning> tunings, string label, Random chance)
{
    private const int OneInCordoned = 25;
    private const int OneInLate = 500;
    private readonly HashSet<string> _present = [];
    private readonly HashSet<string> _cordoned = [];

    public IReadOnlyCollection<string> Present => _present;

    /// <summary>All of them join: a few are cordoned already, and of a few the reboot will take longer than it may.</summary>
    public async Task JoinAsync(int count, CancellationToken cancellationToken)
    {
        var late = Enumerable.Range(0, 1 + (count / OneInLate)).Select(_ => Name(chance.Next(count))).ToHashSet();
        _cordoned.UnionWith(Enumerable.Range(0, count / OneInCordoned).Select(_ => Name(chance.Next(count))));
        _present.UnionWith(Enumerable.Range(0, count).Select(Name));
        await Parallel.ForEachAsync(
            _present,
            cancellationToken,
            async (name, token) => await nodes.JoinAsync(name, _cordoned.Contains(name), late.Contains(name), token));
    }

    /// <summary>One of them leaves, and may come again when nothing is left of it.</summary>
    public async Task VanishAsync(bool holdsSlot, TimeSpan patience, CancellationToken cancellationToken)
    {
        var holders = tunings.List().Where(tuning => RebootRecord.Of(tuning).HoldsSlot).Select(tuning => tuning.Metadata.Name);
        var candidates = holdsSlot ? holders.Where(_present.Contains).ToList() : [];
        candidates = candidates.Count > 0 ? candidates : [.. _present];
        var name = candidates.Order(StringComparer.Ordinal).ElementAt(chance.Next(candidates.Count));
        _present.Remove(name);
        _cordoned.Remove(name);
        await nodes.VanishAsync(name, cancellationToken);
        if (chance.Next(2) == 0)
        {
            await Eventually.TrueAsync(() => tunings.Get(null, name) is null, "the NodeTuning of a node that vanished is gone", patience);
            await nodes.JoinAsync(name, cancellationToken: cancellationToken);
            _present.Add(name);
        }
    }

    /// <summary>Whether no node is out of work but those that an administrator took out of it.</summary>
    public async Task<bool> IsAtWorkAsync(CancellationToken cancellationToken)
    {
        var all = await kubernetes.CoreV1.ListNodeAsync(labelSelector: $"{label}=yes", cancellationToken: cancellationToken);
        return all.Items.All(node =>
            CordonMark.Of(node) is null && node.Spec.Unschedulable == true == _cordoned.Contains(node.Metadata.Name));
    }

    private string Name(int n) => $"{label}-{n:0000}";
}

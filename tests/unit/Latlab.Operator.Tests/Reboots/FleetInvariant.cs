using Latlab.Crds.TunedNodes;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>
/// What must hold after each change of the nodes of one TunedNode, in the order in which the API server made them. It trusts nothing that
/// the operator says of itself but which nodes have a slot: out of work because of latlab is a node that bears its cordon, that may
/// reboot now, or that went down while it might.
/// </summary>
/// <param name="maxUnavailable">The TunedNode's.</param>
/// <param name="maxReboots">Most grants for a generation of a NodeTuning.</param>
internal sealed class FleetInvariant(CountOrPercent maxUnavailable, int maxReboots)
{
    private readonly Dictionary<string, NodeFacts> _nodes = [];
    private readonly Dictionary<string, TuningFacts> _tunings = [];
    private readonly HashSet<string> _wentDown = [];
    private readonly HashSet<string> _out = [];
    private readonly Dictionary<string, int> _vanishedBeforeSlot = [];
    private readonly Dictionary<(string Uid, long Generation, bool IsRestoring), HashSet<string>> _grants = [];
    private readonly List<string> _violations = [];
    private int _vanished;

    /// <summary>
    /// Percent of the nodes, rounded up, that are never exceeded at all, whatever vanishes; null where so many vanish at once that those
    /// that are being rebooted may be more than that of what is left.
    /// </summary>
    public int? NeverAbovePercent { get; init; }

    public IReadOnlyList<string> Violations => _violations;

    /// <summary>Nodes that there are.</summary>
    public int Nodes => _nodes.Count;

    /// <summary>Most nodes that were out of work at once.</summary>
    public int MostOut { get; private set; }

    /// <summary>Reboots that were granted.</summary>
    public int Grants => _grants.Values.Sum(boots => boots.Count);

    public void Apply(FleetChange change)
    {
        switch (change)
        {
            case FleetChange.OfNode node:
                Apply(node);
                break;
            case FleetChange.OfTuning tuning:
                Apply(tuning);
                break;
        }

        Count(change);
    }

    private void Apply(FleetChange.OfNode change)
    {
        var before = _nodes.GetValueOrDefault(change.Name);
        if (change.Facts is not { } node)
        {
            _nodes.Remove(change.Name);
            _wentDown.Remove(change.Name);
            _vanished++;
            return;
        }

        _nodes[change.Name] = node;
        if (node.IsReady)
        {
            _wentDown.Remove(change.Name);
        }
        else if (before?.IsReady == true && MayReboot(change.Name, node))
        {
            _wentDown.Add(change.Name);
        }
    }

    private void Apply(FleetChange.OfTuning change)
    {
        var before = _tunings.GetValueOrDefault(change.Name);
        if (change.Facts is not { } tuning)
        {
            _tunings.Remove(change.Name);
            return;
        }

        _tunings[change.Name] = tuning;
        if (tuning.HoldsSlot && before?.HoldsSlot != true)
        {
            _vanishedBeforeSlot[change.Name] = _vanished;
        }

        if (tuning.Grant is { } boot && boot != before?.Grant)
        {
            var key = (tuning.Uid, tuning.Generation, tuning.IsRestoring);
            var boots = _grants.TryGetValue(key, out var known) ? known : _grants[key] = [];
            Expect(boots.Add(boot), change, $"boot {boot} was granted its end twice");
            Expect(boots.Count <= maxReboots, change, $"{boots.Count} reboots of generation {tuning.Generation}, and {maxReboots} may be");
        }
    }

    private bool MayReboot(string name, NodeFacts node) => _tunings.GetValueOrDefault(name)?.Grant == node.BootId;

    private bool IsOut(string name) => _nodes.TryGetValue(name, out var node)
        && (node.IsCordonedByUs || MayReboot(name, node) || _wentDown.Contains(name));

    private void Count(FleetChange change)
    {
        if (!IsOut(change.Name))
        {
            _out.Remove(change.Name);
        }
        else if (_out.Add(change.Name))
        {
            // The operator counts the nodes after it has given the slot: one that vanished since may have been among them.
            var vanished = _vanished - _vanishedBeforeSlot.GetValueOrDefault(change.Name, _vanished);
            var most = maxUnavailable.Of(_nodes.Count + vanished);
            Expect(
                _out.Count <= most,
                change,
                $"{_out.Count} nodes are out of work, and {most} may be, of {_nodes.Count} and {vanished} that vanished just before");
        }

        MostOut = Math.Max(MostOut, _out.Count);
        if (NeverAbovePercent is { } percent)
        {
            var most = Math.Max(1, ((percent * _nodes.Count) + 99) / 100);
            Expect(_out.Count <= most, change, $"{_out.Count} of {_nodes.Count} nodes are out of work: more than {percent} %");
        }
    }

    private void Expect(bool holds, FleetChange change, string what)
    {
        if (!holds)
        {
            _violations.Add($"revision {change.Revision}, node {change.Name}: {what}");
        }
    }
}

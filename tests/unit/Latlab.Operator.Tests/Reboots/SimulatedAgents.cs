using k8s;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Tests.Reboots;

/// <summary>Agents, kubelets and kernels of nodes. Each generation of a spec needs a reboot, and so does its end.</summary>
internal sealed class SimulatedAgents(SimulatedApi api, TimeProvider clock)
{
    private int _boots;

    /// <summary>Nodes whose kernel drops the arguments: a reboot brings them nothing.</summary>
    public HashSet<string> Stubborn { get; } = [];

    /// <summary>Nodes whose machine lacks a knob: no reboot brings it.</summary>
    public HashSet<string> Lacking { get; } = [];

    /// <summary>Nodes that lose another knob by their reboot.</summary>
    public HashSet<string> Losing { get; } = [];

    /// <summary>What the running kernel was booted with, by node: the generation.</summary>
    public Dictionary<string, long> Booted { get; } = [];

    /// <summary>Nodes that are down.</summary>
    public HashSet<string> Down { get; } = [];

    /// <summary>A new boot.</summary>
    public string NextBootId() => $"boot-{++_boots}";

    /// <summary>A node begins its life.</summary>
    public void Join(string name)
    {
        Booted[name] = 0;
        Down.Remove(name);
        Report(name);
    }

    /// <summary>An agent says how its node is, then does what it may.</summary>
    public void Look(string name)
    {
        if (Down.Contains(name))
        {
            return;
        }

        Report(name);
        var tuning = Tuning(name);
        if (tuning.Metadata.Annotations?.TryGetValue(RebootGrant.BootIdAnnotation, out var boot) == true && boot == tuning.Status!.BootId
            && tuning.Status.Conditions.IsTrue(NodeTuningConditions.RebootRequired))
        {
            Reboot(name);
        }
    }

    /// <summary>The node goes down, for whatever reason.</summary>
    public void Reboot(string name)
    {
        Down.Add(name);
        SetReady(name, ready: false);
    }

    /// <summary>It comes back in a new boot.</summary>
    public void Return(string name)
    {
        if (Down.Remove(name))
        {
            Booted[name] = Stubborn.Contains(name) ? Booted[name] : Wish(Tuning(name));
            api.Edit<V1Node>(name, node => node.Status.NodeInfo.BootID = NextBootId());
            SetReady(name, ready: true);
        }
    }

    public void SetReady(string name, bool ready) =>
        api.Edit<V1Node>(name, node => node.Status.Conditions[0].Status = ready ? "True" : "Unknown");

    private V1Alpha1NodeTuning Tuning(string name) => api.Find<V1Alpha1NodeTuning>(name)!;

    private static long Wish(V1Alpha1NodeTuning tuning) => tuning.Metadata.DeletionTimestamp is null ? tuning.Spec.TunedNode.Generation : 0;

    private void Report(string name)
    {
        var tuning = Tuning(name);
        var (isBooted, isDeleted) = (Booted[name] == Wish(tuning), tuning.Metadata.DeletionTimestamp is not null);
        var ledger = Ledger(name, isBooted).ToList();
        IReadOnlyList<Condition> conditions = [];
        foreach (var (type, holds, message) in ((string, bool, string)[])
            [
                (NodeTuningConditions.Effective, !isDeleted && ledger.All(entry => entry.State == KnobState.InEffect), "as it is"), (NodeTuningConditions.Restored, isDeleted, ""),
                (NodeTuningConditions.RebootRequired, !isBooted, ""),
            ])
        {
            conditions = conditions.With(type, holds ? ConditionStatus.True : ConditionStatus.False, "R", message, 1, clock.GetUtcNow());
        }

        var bootId = api.Find<V1Node>(name)!.Status.NodeInfo.BootID;
        var status = new NodeTuningStatus { ObservedGeneration = tuning.Metadata.Generation, BootId = bootId, Conditions = conditions, Ledger = ledger };
        if (tuning.Status is null || KubernetesJson.Serialize(tuning.Status) != KubernetesJson.Serialize(status))
        {
            tuning.Status = status;
            api.Put(tuning);
        }
    }

    private IEnumerable<LedgerEntry> Ledger(string name, bool isBooted)
    {
        yield return Entry("kernel.arguments[isolcpus]", isBooted ? KnobState.InEffect : KnobState.RebootRequired);
        yield return Entry("memory.hugePages[1Gi,node0]", isBooted && Losing.Contains(name) ? KnobState.Failed : KnobState.InEffect);
        if (Lacking.Contains(name))
        {
            yield return Entry("cpu.governor", KnobState.Unsupported);
        }

        static LedgerEntry Entry(string knob, KnobState state) => new() { Knob = knob, State = state, Message = $"{knob} is so" };
    }
}

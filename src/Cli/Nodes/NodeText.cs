using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;

namespace Latlab.Cli.Nodes;

/// <summary>Prints what is known of a node, and its ledger.</summary>
internal static class NodeText
{
    private const int MostCpus = 4;

    public static void Write(TextWriter output, NodeTuningObject node)
    {
        var status = node.Status;
        output.WriteLine($"node {node.Metadata.Name}, tuned by TunedNode {node.Spec.TunedNode.Name}: {status?.InEffect ?? "none"} in effect, {status?.Drifts ?? 0} drifts");
        if (status?.Environment is { } environment)
        {
            output.WriteLine($"kernel {environment.KernelRelease}{(environment.KernelPreemption is { } kind ? $" ({kind})" : "")}, CPUs {environment.OnlineCpus}, {environment.CpuModel}");
        }

        if (!IsCurrent(node))
        {
            output.WriteLine("the node's agent has not reported on the newest spec yet; is its pod running?");
        }

        Kubelet(output, status);
        Noise(output, "before tuning", status?.Noise?.Before);
        Noise(output, "after tuning", status?.Noise?.After);
        output.WriteLine();
        LedgerText.Write(output, status?.Ledger ?? []);
    }

    private static void Kubelet(TextWriter output, NodeTuningStatus? status)
    {
        if (status?.Kubelet is { CpuManagerPolicy: not null } kubelet)
        {
            output.WriteLine(
                $"kubelet: CPU manager {kubelet.CpuManagerPolicy}, reserved CPUs {kubelet.ReservedSystemCpus ?? "of its own choice"}, "
                + $"topology manager {kubelet.TopologyManagerPolicy}, memory manager {kubelet.MemoryManagerPolicy}");
        }

        if (status?.Conditions.Get(NodeTuningConditions.KubeletAligned) is { Status: not ConditionStatus.True } condition)
        {
            output.WriteLine($"    {condition.Message}");
        }
    }

    private static void Noise(TextWriter output, string when, NoiseFinding? found)
    {
        if (found is null)
        {
            return;
        }

        output.WriteLine(found.Problem is { } problem
            ? $"noise {when}: not known: {problem}"
            : $"noise {when}: longest gap {found.MaxGapNs} ns, {found.Gaps} gaps of 1 us or more in {found.DurationNs / 1_000_000} ms on CPUs {found.Cpus}");
        foreach (var cpu in found.Worst.Take(MostCpus))
        {
            output.WriteLine($"    CPU {cpu.Cpu}: longest {cpu.MaxGapNs} ns, interrupts {cpu.Interrupts ?? "none"}, preempted {Known(cpu.Preemptions)}, SMIs {Known(cpu.Smis)}, gaps {cpu.Histogram ?? "none"}");
        }
    }

    private static string Known(long? number) => number is null ? "?" : $"{number}";

    /// <summary>Whether all is in effect, by a report on the newest spec.</summary>
    public static bool IsInEffect(NodeTuningObject node) =>
        IsCurrent(node) && node.Status!.Ledger.All(entry => entry.State == KnobState.InEffect);

    private static bool IsCurrent(NodeTuningObject node) => node.Status?.ObservedGeneration == node.Metadata.Generation;
}

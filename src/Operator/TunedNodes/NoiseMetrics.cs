using System.Globalization;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Prometheus;

namespace Latlab.Operator.TunedNodes;

/// <summary>How quiet the nodes are, by the agents' looks. Names and labels are an interface: dashboards and alerts use them.</summary>
internal sealed class NoiseMetrics(IMetricFactory metrics)
{
    private const string Before = "before";
    private const string After = "after";

    private readonly Gauge _longest = metrics.CreateGauge(
        "latlab_node_noise_max_gap_seconds", "Longest time that an isolated CPU was taken away within a look, before tuning and after.", ["node", "when"]);

    private readonly Gauge _cpus = metrics.CreateGauge(
        "latlab_node_noise_cpu_max_gap_seconds", "The same for each of the CPUs with the longest gaps, after tuning.", ["node", "cpu"]);

    /// <summary>Takes over what a NodeTuning says; nothing is shown that it does not say any more.</summary>
    public void Set(V1Alpha1NodeTuning tuning)
    {
        var node = tuning.Metadata.Name;
        var noise = tuning.Metadata.DeletionTimestamp is null ? tuning.Status?.Noise : null;
        Set(node, Before, noise?.Before);
        Set(node, After, noise?.After);
        var worst = (noise?.After?.Worst ?? []).ToDictionary(cpu => cpu.Cpu.ToString(CultureInfo.InvariantCulture), cpu => cpu.MaxGapNs);
        foreach (var gone in _cpus.GetAllLabelValues().Where(labels => labels[0] == node && !worst.ContainsKey(labels[1])).ToList())
        {
            _cpus.RemoveLabelled(gone);
        }

        foreach (var (cpu, gapNs) in worst)
        {
            _cpus.WithLabels(node, cpu).Set(Seconds(gapNs));
        }
    }

    private void Set(string node, string when, NoiseFinding? found)
    {
        if (found?.MaxGapNs is { } gapNs)
        {
            _longest.WithLabels(node, when).Set(Seconds(gapNs));
        }
        else
        {
            _longest.RemoveLabelled(node, when);
        }
    }

    /// <summary>Prometheus' base unit, with which its own functions reckon.</summary>
    private static double Seconds(long ns) => ns / 1e9;
}

using System.Text;
using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Operator.Entities;
using Latlab.Operator.TunedNodes;
using Prometheus;

namespace Latlab.Operator.Tests.TunedNodes;

public sealed class NoiseMetricsTests
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly NoiseMetrics _noise;

    public NoiseMetricsTests() => _noise = new(Metrics.WithCustomRegistry(_registry));

    [Fact]
    public async Task The_newest_looks_are_shown_in_seconds_and_what_is_gone_is_not()
    {
        _noise.Set(Tuning(new() { Before = Found(80_000, 2), After = Found(4_500, 2, 3) }));
        Assert.Equal(
            [
                "latlab_node_noise_cpu_max_gap_seconds{node=\"n1\",cpu=\"2\"} 4.5e-06", "latlab_node_noise_cpu_max_gap_seconds{node=\"n1\",cpu=\"3\"} 4.5e-06",
                "latlab_node_noise_max_gap_seconds{node=\"n1\",when=\"after\"} 4.5e-06", "latlab_node_noise_max_gap_seconds{node=\"n1\",when=\"before\"} 8e-05",
            ],
            await ShownAsync());
        _noise.Set(Tuning(new() { After = Found(9_000, 3) }));
        Assert.Equal(
            ["latlab_node_noise_cpu_max_gap_seconds{node=\"n1\",cpu=\"3\"} 9e-06", "latlab_node_noise_max_gap_seconds{node=\"n1\",when=\"after\"} 9e-06"],
            await ShownAsync());
        _noise.Set(Tuning(null));
        Assert.Empty(await ShownAsync());
    }

    private static V1Alpha1NodeTuning Tuning(NoiseStatus? noise) =>
        new() { Metadata = new V1ObjectMeta { Name = "n1" }, Status = new NodeTuningStatus { Noise = noise } };

    private static NoiseFinding Found(long gapNs, params int[] cpus) =>
        new() { MaxGapNs = gapNs, Worst = [.. cpus.Select(cpu => new NoisyCpu { Cpu = cpu, MaxGapNs = gapNs })] };

    private async Task<IReadOnlyList<string>> ShownAsync()
    {
        using var stream = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(stream, TestContext.Current.CancellationToken);
        return [.. Encoding.UTF8.GetString(stream.ToArray()).Split('\n').Where(line => line.StartsWith("latlab_", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}

using Latlab.Crds.Schema;

namespace Latlab.Crds.Experiments;

/// <summary>The kind LatencyExperiment.</summary>
public static class LatencyExperimentResource
{
    /// <summary>Its definition.</summary>
    public static ResourceDefinition Definition { get; } = new(
        "LatencyExperiment", "latencyexperiments", "lex", Namespaced: true, typeof(LatencyExperimentSpec), typeof(LatencyExperimentStatus),
        typeof(ExperimentConditions),
        "LatencyExperiment measures how long a forwarder holds each packet. Latencies are in nanoseconds.",
        [
            new("Phase", "string", ".status.phase"),
            new("P50", "integer", ".status.median.latencyNs.p50"),
            new("P99", "integer", ".status.median.latencyNs.p99"),
            new("P99.9", "integer", ".status.median.latencyNs.p999"),
            new("Max", "integer", ".status.median.latencyNs.max"),
            new("Loss", "string", ".status.median.lossPercent"),
            new("Valid", "string", ".status.valid"),
            new("Node", "string", ".status.nodeName", Priority: 1),
            new("Rate", "integer", ".status.median.offeredRate", Priority: 1),
            PrinterColumn.Age,
        ])
    {
        // Its runs are called NAME-1 to NAME-1000.
        MaxNameLength = 58,
    };
}

using Latlab.Crds.Schema;

namespace Latlab.Crds.Runs;

/// <summary>The kind LatencyRun.</summary>
public static class LatencyRunResource
{
    /// <summary>Finalizer that keeps a run until its pods and its Lease are gone.</summary>
    public const string CleanUpFinalizer = ApiGroup.Name + "/clean-up";

    /// <summary>Its definition.</summary>
    public static ResourceDefinition Definition { get; } = new(
        "LatencyRun", "latencyruns", "lrun", Namespaced: true, typeof(LatencyRunSpec), typeof(LatencyRunStatus), typeof(RunConditions),
        "LatencyRun is one repetition of a LatencyExperiment. Latencies are in nanoseconds.",
        [
            new("Phase", "string", ".status.phase"),
            new("P50", "integer", ".status.results.latencyNs.p50"),
            new("P99", "integer", ".status.results.latencyNs.p99"),
            new("P99.9", "integer", ".status.results.latencyNs.p999"),
            new("Max", "integer", ".status.results.latencyNs.max"),
            new("Loss", "string", ".status.results.lossPercent"),
            new("Valid", "string", $".status.conditions[?(@.type==\"{RunConditions.Measured}\")].status"),
            new("Node", "string", ".spec.nodeName", Priority: 1),
            new("Rate", "integer", ".status.results.offeredRate", Priority: 1),
            new("Reason", "string", $".status.conditions[?(@.type==\"{RunConditions.Measured}\")].reason", Priority: 1),
            PrinterColumn.Age,
        ]);
}

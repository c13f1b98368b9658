using Latlab.Crds.Experiments;
using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>Compares results with objectives.</summary>
internal static class ObjectiveCheck
{
    /// <summary>One outcome for each objective; a latency that could not be measured misses its objective.</summary>
    public static IReadOnlyList<ObjectiveOutcome> Evaluate(IReadOnlyList<Objective> objectives, RunResults results) =>
    [
        .. objectives.Select(objective =>
        {
            var measured = Measured(objective.Metric, results);
            return new ObjectiveOutcome
            {
                Metric = objective.Metric,
                AtMost = objective.AtMost,
                Measured = measured,
                Met = measured <= objective.AtMost,
            };
        }),
    ];

    private static long? Measured(ObjectiveMetric metric, RunResults results) => metric switch
    {
        ObjectiveMetric.Lost => results.Lost,
        ObjectiveMetric.Mean => results.LatencyNs?.Mean,
        ObjectiveMetric.P50 => results.LatencyNs?.P50,
        ObjectiveMetric.P90 => results.LatencyNs?.P90,
        ObjectiveMetric.P99 => results.LatencyNs?.P99,
        ObjectiveMetric.P999 => results.LatencyNs?.P999,
        ObjectiveMetric.P9999 => results.LatencyNs?.P9999,
        ObjectiveMetric.Max => results.LatencyNs?.Max,
        _ => null,
    };
}

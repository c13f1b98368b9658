using System.Text.Json;
using Latlab.Crds.Conditions;
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

    /// <summary>
    /// The condition <see cref="RunConditions.ObjectivesMet"/>: only a result that may be used keeps to an objective, or misses it.
    /// </summary>
    public static (ConditionStatus Status, string Reason, string Message) Sum(IReadOnlyList<ObjectiveOutcome> outcomes, RunVerdict verdict)
    {
        if (outcomes.Count == 0)
        {
            return (ConditionStatus.Unknown, RunConditions.ReasonNoObjectives, "no objectives were set");
        }

        if (!verdict.Valid)
        {
            return (ConditionStatus.Unknown, RunConditions.ReasonNoValidResult, "the run's numbers must not be used");
        }

        var text = string.Join("; ", outcomes.Select(Text));
        return outcomes.All(o => o.Met) ? (ConditionStatus.True, RunConditions.ReasonMet, text) : (ConditionStatus.False, RunConditions.ReasonMissed, text);
    }

    /// <summary>An outcome for people, with the API's name of the metric and the unit, e.g. <c>p99.9 31000 ns &gt; 20000 ns</c>.</summary>
    private static string Text(ObjectiveOutcome outcome)
    {
        var name = JsonSerializer.SerializeToElement(outcome.Metric).GetString();
        var unit = outcome.Metric == ObjectiveMetric.Lost ? "packets" : "ns";
        var measured = outcome.Measured is { } value ? $"{value} {unit} {(outcome.Met ? "<=" : ">")}" : "not measured, wanted <=";
        return $"{name} {measured} {outcome.AtMost} {unit}";
    }

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

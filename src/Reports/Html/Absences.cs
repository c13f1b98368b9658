using Latlab.Measurement.Results;

namespace Latlab.Reports.Html;

/// <summary>What a result lacks, so that a reader does not take it for none.</summary>
internal static class Absences
{
    /// <summary>Names of the parts.</summary>
    public static IReadOnlyList<string> Of(AnalysisResult result) =>
    [
        .. new (bool Absent, string Name)[]
        {
            (result.Clock is null, "a clock report"),
            (result.LatencyNs is null, "latencies"),
            (result.LatencyNs is { } latency && latency.Percentiles.All(percentile => percentile.Lower is null && percentile.Upper is null), "confidence intervals"),
            (result.HistogramNs is null, "a histogram"),
            (result.Worst.Count == 0, "a list of slow packets"),
            (result.Episodes.Count == 0, "stall episodes"),
            (result.TimeSeries is null, "a course over time"),
            (result.Loss is null, "loss bursts"),
            (result.Reordering is null, "reordering"),
            (result.Duplication is null, "duplication"),
            (result.Variation is not { GapsBefore: not null } and not { Pdv: not null }, "latency variation and gaps"),
            (result.Flows.Count == 0, "flows"),
            (result.Before is null || result.After is null, "its captures"),
        }.Where(part => part.Absent).Select(part => part.Name),
    ];
}

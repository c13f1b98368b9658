using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Reports.Comparison;

/// <summary>
/// Results side by side: percentiles with their confidence, differences to the first with bounds, and a verdict where intervals separate.
/// </summary>
/// <param name="Results">The results, the first being what the others are compared with.</param>
/// <param name="Rows">A row for each percentile.</param>
/// <param name="Obstacles">Why the numbers cannot be compared, with the remedy; empty when they can.</param>
/// <param name="Warning">What keeps nobody from comparing them and should be known, with the remedy; null for nothing.</param>
public sealed record ResultComparison(
    IReadOnlyList<AnalysisResult> Results, IReadOnlyList<ComparisonRow> Rows, IReadOnlyList<string> Obstacles, string? Warning)
{
    /// <summary>Compares results.</summary>
    /// <param name="results">Two at least.</param>
    /// <param name="percentiles">At which percentiles.</param>
    public static ResultComparison Of(IReadOnlyList<AnalysisResult> results, IReadOnlyList<Percentile> percentiles) => new(
        results,
        [.. percentiles.Select(percentile => Row(results, percentile))],
        [.. ComparisonObstacles.Of(results)],
        ComparisonObstacles.WarningOf(results));

    private static ComparisonRow Row(IReadOnlyList<AnalysisResult> results, Percentile percentile)
    {
        var values = results.Select(result => ValueOf(result, percentile)).ToList();
        return new ComparisonRow(percentile, [.. values.Select((value, index) => index == 0
            ? new ComparisonCell(value, null, null, null, ComparisonVerdict.None)
            : Compared(values[0], value))]);
    }

    /// <summary>
    /// The difference is within its bounds where both percentiles are within theirs. Where both bounds are known they are below or above 0
    /// exactly where <see cref="Judge"/> says faster or slower.
    /// </summary>
    private static ComparisonCell Compared(PercentileValue? first, PercentileValue? other) =>
        new(other, other?.Value - first?.Value, other?.Lower - first?.Upper, other?.Upper - first?.Lower, Judge(first, other));

    /// <summary>As the result has it, with bounds; else from its histogram.</summary>
    private static PercentileValue? ValueOf(AnalysisResult result, Percentile percentile)
    {
        var known = result.LatencyNs?.Percentiles.FirstOrDefault(value => Math.Abs(value.Percentile - percentile.Percent) < 1e-9);
        return known ?? (result.HistogramNs is { Values.Count: > 0 } histogram ? new HistogramSample(histogram).At(percentile) : null);
    }

    /// <summary>Faster or slower only where the confidence intervals do not touch.</summary>
    private static ComparisonVerdict Judge(PercentileValue? first, PercentileValue? other)
    {
        if (first is not { Lower: { } firstLower, Upper: { } firstUpper } || other is not { Lower: { } lower, Upper: { } upper })
        {
            return ComparisonVerdict.Unknown;
        }

        return upper < firstLower ? ComparisonVerdict.Faster
            : lower > firstUpper ? ComparisonVerdict.Slower
            : ComparisonVerdict.NotDistinguishable;
    }
}

/// <summary>One percentile of all results.</summary>
/// <param name="Percentile">Which.</param>
/// <param name="Cells">For each result.</param>
public sealed record ComparisonRow(Percentile Percentile, IReadOnlyList<ComparisonCell> Cells);

/// <summary>One percentile of one result.</summary>
/// <param name="Value">Its value; null when unknown.</param>
/// <param name="DifferenceNs">By how much it is above the first result's, in nanoseconds; null for the first and when unknown.</param>
/// <param name="DifferenceLowerNs">Conservative lower bound of the difference: the lower bound of this value less the upper one of the first
/// result's. Null when one of those is.</param>
/// <param name="DifferenceUpperNs">The upper bound: that of this value less the lower one of the first result's.</param>
/// <param name="Verdict">What that means.</param>
public sealed record ComparisonCell(
    PercentileValue? Value, long? DifferenceNs, long? DifferenceLowerNs, long? DifferenceUpperNs, ComparisonVerdict Verdict);

/// <summary>What a difference means.</summary>
public enum ComparisonVerdict
{
    /// <summary>It is the first result.</summary>
    None,

    /// <summary>One of the two has no confidence interval: too few packets.</summary>
    Unknown,

    /// <summary>The intervals touch.</summary>
    NotDistinguishable,

    /// <summary>Lower latency than the first.</summary>
    Faster,

    /// <summary>Higher latency than the first.</summary>
    Slower,
}

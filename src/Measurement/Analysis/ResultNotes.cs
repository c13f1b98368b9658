using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Analysis;

/// <summary>What a reader should know before believing a number, with the remedy.</summary>
internal static class ResultNotes
{
    /// <summary>A thousandth of all packets.</summary>
    private const long Notable = 1000;

    /// <param name="result">The result.</param>
    /// <param name="resolutions">What values of <see cref="LatencyCounts.Countable"/> and more are told apart by, of each kind.</param>
    /// <param name="flows">Counted the flows that have results of their own.</param>
    public static IEnumerable<string> Of(AnalysisResult result, IEnumerable<(string What, long ResolutionNs)> resolutions, FlowMeter flows)
    {
        var counters = result.Counters;
        if (counters.CaptureDrops > 0)
        {
            yield return $"the captures missed {counters.CaptureDrops} packets: what they missed looks lost or unmatched; capture with larger buffers or at a lower rate";
        }

        if (result.Parameters.MergeOffsetNs != 0)
        {
            yield return $"the first packets' lowest latency is {result.Parameters.MergeOffsetNs} ns beyond what --clock-offset says, which the window cannot explain: the clocks were taken "
                + "to be that far apart, and the window starts there; use --clock-offset, or a longer --window if packets take that long";
        }
        else if (result.LatencyNs is { } fastest && fastest.Min > result.Parameters.WindowNs / 2)
        {
            yield return $"the lowest latency is {fastest.Min} ns, more than half of the window: packets that took longer than the window count as lost; use a longer --window";
        }

        if (counters.Recurred > 0)
        {
            yield return $"{counters.Recurred} identities came back within the window after their packet had arrived, and did not arrive again: lost packets with a "
                + "recurring identity, or late copies; use a stronger --identity, or a --window shorter than the time after which identities come back";
        }

        if (counters.DuplicatedBefore > counters.Before / Notable)
        {
            yield return $"{counters.DuplicatedBefore} packets of the capture before are copies of packets in flight: it sees packets twice, or the --identity is too weak";
        }

        if (counters.Unparsable > (counters.Before + counters.After) / Notable)
        {
            yield return $"{counters.Unparsable} frames have no identity of the chosen kind and are not counted in loss; see --identity";
        }

        if (counters.UnmatchedAfter > counters.After / Notable)
        {
            yield return $"{counters.UnmatchedAfter} packets were captured after the device only: other traffic, latencies beyond the --window, or a device that changes "
                + "what the --identity covers";
        }

        // Longer than anything took, though something was lost: the tap may not have been there to see it.
        var longestNs = (result.LatencyNs?.Max ?? 0) + 1_000_000;
        if (counters.Lost > 0 && result is { Before: { LastNs: { } lastBefore }, After: { LastNs: { } lastAfter } } && lastBefore - lastAfter > longestNs)
        {
            yield return $"the capture after the device ends {Milliseconds(lastBefore - lastAfter)} before the other: what was sent later counts as lost, whether the device "
                + "lost it or the capture had ended";
        }

        if (counters.Lost > 0 && result is { Before.FirstNs: { } firstBefore, After.FirstNs: { } firstAfter } && firstAfter - firstBefore > longestNs)
        {
            yield return $"the capture after the device begins {Milliseconds(firstAfter - firstBefore)} after the other: what was sent before counts as lost; use --warmup";
        }

        if (flows.Others > 0)
        {
            yield return $"{flows.Others} packets are of flows beyond the first {result.Flows.Count}, which alone have results of their own; use --flows";
        }

        if (flows.BeyondCourse > 0)
        {
            yield return $"{flows.BeyondCourse} packets are in no interval of their flow's course over time: all flows together have "
                + $"{FlowCourse.MostIntervals} intervals and no more; use a longer --interval, or fewer --flows";
        }

        foreach (var (what, resolutionNs) in resolutions.Where(kind => kind.ResolutionNs > 1))
        {
            yield return $"{what} of {LatencyCounts.Countable} ns and more are counted to {resolutionNs} ns only: there are more than {LatencyCounts.MostBeyond} different ones";
        }

        if (result.Reordering?.BeyondHistory > 0)
        {
            yield return $"{result.Reordering.BeyondHistory} packets were overtaken more than {ReorderingStatistics.LongestExtent} packets of their flow ago, or fewer where "
                + "there are thousands of flows: extents and late-time offsets are greater than counted";
        }

        if (result.TimeSeries?.Sent.Count == IntervalGrid.MostIntervals)
        {
            yield return $"the course over time has {IntervalGrid.MostIntervals} intervals and no more: what lies beyond is counted in the first or the last; use a longer --interval";
        }

        if (result.LatencyNs?.Percentiles.Where(percentile => percentile.Weak).ToList() is { Count: > 0 } weak)
        {
            yield return $"fewer than {PercentileValue.FewestExceedances} packets lie above the {string.Join(", ", weak.Select(percentile => percentile.Percentile.ToString(System.Globalization.CultureInfo.InvariantCulture)))}th "
                + "percentile: it describes single packets; measure longer";
        }
    }

    private static string Milliseconds(long ns) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{ns / 1e6:0.#} ms");
}

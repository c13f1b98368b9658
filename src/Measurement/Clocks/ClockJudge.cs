using System.Globalization;
using Latlab.Measurement.Captures;
using Latlab.Measurement.Matching;
using Latlab.Measurement.Results;
using Latlab.Measurement.Statistics;

namespace Latlab.Measurement.Clocks;

/// <summary>Says from the evidence of two captures whether their clocks allow latencies to be taken from them.</summary>
internal static class ClockJudge
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>An offset this close to whole seconds is one: 37 s is TAI against UTC since 2017.</summary>
    private const long WholeSecondSlackNs = 50_000_000;

    /// <summary>
    /// Nanoseconds each second, 1000 ppm: more than clocks drift apart. Quartzes are good to some 100 ppm, and NTP slews by 500 ppm at most
    /// (both from memory).
    /// </summary>
    private const double MostDrift = 1_000_000;

    /// <summary>Judges.</summary>
    /// <param name="before">Stamps of the capture before the device.</param>
    /// <param name="after">Stamps of the capture after it.</param>
    /// <param name="envelope">Lowest latencies.</param>
    /// <param name="latency">All latencies.</param>
    /// <param name="matched">What the matcher counted.</param>
    /// <param name="factsBefore">What is known of the capture before.</param>
    /// <param name="factsAfter">What is known of the capture after.</param>
    public static ClockReport Judge(
        StampMeter before,
        StampMeter after,
        LatencyEnvelope envelope,
        LatencyCounts latency,
        MatchResult matched,
        CaptureFacts factsBefore,
        CaptureFacts factsAfter)
    {
        // The coarser of the two, as their headers say.
        var resolutionNs = Math.Max(factsBefore.ResolutionNs, factsAfter.ResolutionNs);
        var lowest = envelope.LowestNs;
        var drift = envelope.Drift();
        var report = new ClockReport
        {
            Verdict = ClockVerdict.Trustworthy,
            OffsetNs = lowest,
            // A few packets that arrived before they were sent, by their stamps, say nothing of all.
            WholeSeconds = WholeSeconds(latency.Count > matched.Counts.Negative ? latency.Min : lowest),
            DriftNsPerSecond = drift?.NsPerSecond,
            Jumps = envelope.Jumps(),
            StepsBackBefore = matched.ClockStepsBefore,
            StepsBackAfter = matched.ClockStepsAfter,
            FirstStepBackBeforeNs = matched.FirstStepBeforeNs,
            FirstStepBackAfterNs = matched.FirstStepAfterNs,
            // A capture may have been read further than it was matched.
            FirstStepBackBeforeOffset = matched.FirstStepBeforeNs is null ? null : factsBefore.FirstStepBackOffset,
            FirstStepBackAfterOffset = matched.FirstStepAfterNs is null ? null : factsAfter.FirstStepBackOffset,
            RepeatedBefore = before.Repeated,
            RepeatedAfter = after.Repeated,
            Missing = before.Missing + after.Missing,
            GranularityBeforeNs = before.GranularityNs,
            GranularityAfterNs = after.GranularityNs,
            Negative = matched.Counts.Negative,
            Implausible = matched.Counts.Implausible,
            Returns = matched.ClockReturns,
        };
        var unusable = Unusable(report, latency.Count, drift, latency).ToList();
        var names = (factsBefore.Name, factsAfter.Name);
        var suspicious = Suspicious(report, before, after, drift, latency, matched.Counts, resolutionNs, names).ToList();
        return report with
        {
            Verdict = unusable.Count > 0 ? ClockVerdict.Unusable : suspicious.Count > 0 ? ClockVerdict.Suspicious : ClockVerdict.Trustworthy,
            Reasons = [.. unusable, .. suspicious],
        };
    }

    private static long WholeSeconds(long? lowest)
    {
        var seconds = (long)Math.Round((lowest ?? 0) / (double)NsPerSecond);
        return seconds != 0 && Math.Abs((lowest ?? 0) - (seconds * NsPerSecond)) <= WholeSecondSlackNs ? seconds : 0;
    }

    private static IEnumerable<string> Unusable(
        ClockReport report, long matched, (double NsPerSecond, double StrayNs, double SpanSeconds)? drift, LatencyCounts latency)
    {
        if (report.WholeSeconds != 0)
        {
            var tai = Math.Abs(report.WholeSeconds) == 37 ? " (TAI against UTC)" : "";
            yield return $"the clocks differ by {report.WholeSeconds} whole seconds{tai}; use --clock-offset {report.WholeSeconds}s";
        }
        else if (report.Negative > (matched + report.Negative) / 1000)
        {
            yield return $"{report.Negative} of {matched + report.Negative} packets arrived before they were sent: the later clock is behind by at least "
                + $"{-report.OffsetNs} ns; give both captures one clock, or use --clock-offset";
        }

        if (report.Returns > 0)
        {
            yield return $"stamps jumped ahead and returned, {report.Returns} times: what was on its way meanwhile looks lost; keep clocks from being set, or analyse what "
                + "was captured before or after";
        }

        if (report.Implausible > (matched + report.Implausible) / 1000)
        {
            yield return $"{report.Implausible} of {matched + report.Implausible} packets have stamps that contradict the order of the packets around them: a clock "
                + "was set during the capture, or stamps are wrong; keep clocks from being set, and check what stamps the packets";
        }

        if (DriftOver(drift) is var drifted && latency.Count > 0 && drifted > latency.At(Percentile.P50) && Math.Abs(drift!.Value.NsPerSecond) <= MostDrift)
        {
            yield return $"the clocks drift apart by {Number(drift.Value.NsPerSecond)} ns each second, {Number(drifted)} ns over the capture and more than the "
                + "median latency; synchronise the clocks, or use one (of one clock, a queue fills that slowly)";
        }

        foreach (var jump in report.Jumps)
        {
            if (jump.Sudden && latency.Count > 0 && Math.Abs(jump.StepNs) > latency.At(Percentile.P50))
            {
                yield return $"the lowest latency jumps by {jump.StepNs} ns at {jump.TimeNs}: a clock was set; keep it from being set during a measurement";
                break;
            }
        }
    }

    private static IEnumerable<string> Suspicious(
        ClockReport report,
        StampMeter before,
        StampMeter after,
        (double NsPerSecond, double StrayNs, double SpanSeconds)? drift,
        LatencyCounts latency,
        MatchCounts counts,
        long resolutionNs,
        (string Before, string After) names)
    {
        if (report.Negative > 0)
        {
            yield return $"{report.Negative} packets arrived before they were sent; they count as negative; either they go in the other direction, or latencies are too short";
        }

        if (Math.Min(counts.Lost, counts.UnmatchedAfter) > Math.Max(counts.Before, counts.After) / 100)
        {
            yield return $"{counts.Lost} packets were lost and {counts.UnmatchedAfter} came that nobody sent: that is also what a clock looks like that was set ahead by more "
                + "than the window, or an identity that the device changes; see the rates over time, and --identity";
        }

        if (report.Implausible > 0)
        {
            yield return $"{report.Implausible} packets have stamps that contradict the order of the packets around them; they have no latency, and count as implausible";
        }

        if (report.StepsBackBefore + report.StepsBackAfter > 0)
        {
            var firstBefore = First(report.FirstStepBackBeforeNs, report.FirstStepBackBeforeOffset, names.Before);
            var firstAfter = First(report.FirstStepBackAfterNs, report.FirstStepBackAfterOffset, names.After);
            yield return $"stamps went back by more than 1 ms, {report.StepsBackBefore} times before{firstBefore} and {report.StepsBackAfter} times after the "
                + $"device{firstAfter}: a clock was set, or files were joined out of order";
        }

        if (report.Missing > 0)
        {
            yield return $"{report.Missing} packets have no stamp (0); check that the capture stamps every packet";
        }

        foreach (var (name, stamps) in new[] { ("before", before), ("after", after) })
        {
            if (stamps.GranularityNs < 100 && stamps.Repeated > stamps.Packets / 100)
            {
                yield return $"{stamps.Repeated} of {stamps.Packets} stamps {name} the device repeat the one just before: the stamping unit lost some at this rate";
            }
        }

        if (latency.Count == 0)
        {
            yield break;
        }

        var median = latency.At(Percentile.P50);
        // A generator's even gaps look like coarse stamps: on one side only they are none.
        var granularity = Math.Max(resolutionNs, Math.Min(report.GranularityBeforeNs, report.GranularityAfterNs));
        if (granularity > 1 && granularity * 10 > median)
        {
            yield return $"stamps come in steps of {granularity} ns, more than a tenth of the median latency; capture with nanoseconds";
        }

        if (DriftOver(drift) is var changed && changed > median / 10.0 && Math.Abs(drift!.Value.NsPerSecond) > MostDrift)
        {
            yield return $"the lowest latency changes by {Number(drift.Value.NsPerSecond)} ns each second, faster than clocks drift: a queue fills, or empties, all the time; "
                + "the rate may be more than the device forwards";
        }
        else if (changed > median / 10.0 && changed <= median)
        {
            yield return $"the clocks drift apart by {Number(drift!.Value.NsPerSecond)} ns each second, {Number(changed)} ns over the capture; synchronise the clocks, or use one";
        }

        if (report.Jumps.FirstOrDefault(jump => jump.Sudden && Math.Abs(jump.StepNs) <= median) is { } small)
        {
            yield return $"the lowest latency jumps by {small.StepNs} ns at {small.TimeNs}: a clock was set, or the path changed";
        }

        if (report.Jumps.FirstOrDefault(jump => !jump.Sudden) is { } slow)
        {
            yield return $"the lowest latency changes by {slow.StepNs} ns at {slow.TimeNs}, over several packets: a queue began, or ceased, to stand there; the rate may be more than "
                + "the device forwards";
        }
    }

    /// <summary>
    /// By how much the clocks drifted apart over the capture, when that is more than what the envelope strays by anyway; else 0.
    /// </summary>
    private static double DriftOver((double NsPerSecond, double StrayNs, double SpanSeconds)? drift)
    {
        if (drift is not { } known)
        {
            return 0;
        }

        var over = Math.Abs(known.NsPerSecond * known.SpanSeconds);
        return over > Math.Max(100, 4 * known.StrayNs) ? over : 0;
    }

    /// <summary>Where stamps went back first: after which, and at which byte of which file, if it is one.</summary>
    private static string First(long? stampNs, long? offset, string name) => stampNs is not { } known ? ""
        : offset is { } at ? $" (first after {known}, at byte offset {at} of {name})"
        : $" (first after {known})";

    private static string Number(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}

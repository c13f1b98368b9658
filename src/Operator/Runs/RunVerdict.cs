using Latlab.Crds.Conditions;
using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>Whether a run's numbers may be used, and if not, why.</summary>
/// <param name="Valid">Whether they may.</param>
/// <param name="Reason">Reason for the <c>Measured</c> condition.</param>
/// <param name="Message">For people.</param>
internal sealed record RunVerdict(bool Valid, string Reason, string Message)
{
    /// <summary>The phase that a run ends in: one with numbers that may not be used is invalid, one without any has failed.</summary>
    public static RunPhase PhaseFor(LatencyRunStatus status) =>
        status.Conditions.IsTrue(RunConditions.Measured) ? RunPhase.Complete
        : status.Results is not null ? RunPhase.Invalid
        : RunPhase.Failed;

    /// <summary>Judges results by the rules of design.md §2: ended is not measured.</summary>
    public static RunVerdict Judge(RunEvidence evidence) =>
        Counters(evidence.Results) ?? Captures(evidence) ?? Traffic(evidence) ?? Node(evidence) ?? new(true, RunConditions.ReasonValid, RunSummary.Of(evidence));

    private static RunVerdict? Counters(RunResults results)
    {
        if (results.Sent != results.Matched + results.Lost + results.Undecided
            || results.Received != results.Matched + results.Duplicated + results.UnmatchedAfter + results.Negative)
        {
            return Invalid(RunConditions.ReasonCountersInconsistent,
                $"sent {results.Sent} and received {results.Received} do not add up with matched {results.Matched}, lost {results.Lost}, undecided "
                + $"{results.Undecided}, duplicated {results.Duplicated}, unmatched after {results.UnmatchedAfter}, negative {results.Negative}: please report this as a bug");
        }

        return results.Sent <= results.Generated
            ? null
            : Invalid(RunConditions.ReasonCountersInconsistent,
                $"{results.Sent} packets were seen at the ingress tap and only {results.Generated} were generated: please report this as a bug");
    }

    private static RunVerdict? Captures(RunEvidence evidence)
    {
        var results = evidence.Results;
        if (results.CaptureDrops is { Ingress: > 0 } or { Egress: > 0 })
        {
            return Invalid(RunConditions.ReasonCaptureDrops,
                $"the captures missed packets (ingress {results.CaptureDrops.Ingress}, egress {results.CaptureDrops.Egress}), so loss and percentiles are not the "
                + "forwarder's; lower traffic.rate or give the node more housekeeping CPUs");
        }

        if (results.Negative > 0 || evidence.Meter.ClockSteps > 0)
        {
            return Invalid(RunConditions.ReasonClockUnusable,
                $"{results.Negative} packets arrived before they were sent and the clock was seen to step {evidence.Meter.ClockSteps} times; stop what steps the node's clock");
        }

        return results.Matched == 0 || results.LatencyNs is null
            ? Invalid(RunConditions.ReasonNothingMatched,
                $"of {results.Sent} packets at the ingress tap and {results.Received} at the egress tap none matched; check that the taps lie before and after the forwarder")
            : null;
    }

    private static RunVerdict? Traffic(RunEvidence evidence)
    {
        var results = evidence.Results;
        if (!evidence.Meter.EndMarkerSeen && results.Sent < results.Generated)
        {
            return Invalid(RunConditions.ReasonTruncated,
                $"the capture ended with {results.Sent} of {results.Generated} packets and without the end marker, so what came after is unknown; "
                + "let nobody delete the meter's pod, and check that the ingress tap sees all of the traffic");
        }

        var planned = PlannedPackets.OfWindow(evidence.Spec.Traffic);
        if (results.Generated + results.SendErrors + results.NotSent != planned)
        {
            return Invalid(RunConditions.ReasonTruncated,
                $"the generator accounts for {results.Generated} sent, {results.SendErrors} refused and {results.NotSent} not sent packets of {planned}: its traffic was cut "
                + "short; let nobody delete its pod");
        }

        return OfferedRate.Shortfall(evidence) is { } shortfall ? Invalid(RunConditions.ReasonRateNotReached, shortfall) : null;
    }

    private static RunVerdict? Node(RunEvidence evidence) => NodeDrift.Between(evidence.Before, evidence.Tuning) is { } drift
        ? Invalid(RunConditions.ReasonNodeDrifted, drift + "; see `kubectl get ntn -o wide` and stop what changes the node")
        : evidence.AgentSilent is { } silence ? Invalid(RunConditions.ReasonAgentSilent, silence) : null;

    private static RunVerdict Invalid(string reason, string message) => new(false, reason, message);
}

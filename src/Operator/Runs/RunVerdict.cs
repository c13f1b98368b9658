using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>Whether a run's numbers may be used, and if not, why.</summary>
/// <param name="Valid">Whether they may.</param>
/// <param name="Reason">Reason for the <c>Measured</c> condition.</param>
/// <param name="Message">For people.</param>
internal sealed record RunVerdict(bool Valid, string Reason, string Message)
{
    private static readonly HashSet<string> InvalidReasons =
    [
        RunConditions.ReasonCaptureDrops, RunConditions.ReasonClockUnusable, RunConditions.ReasonNodeDrifted,
        RunConditions.ReasonCountersInconsistent, RunConditions.ReasonNothingMatched,
    ];

    /// <summary>The phase that a run with this <c>Measured</c> condition ends in.</summary>
    public static RunPhase PhaseFor(Condition? measured) => measured switch
    {
        { Status: ConditionStatus.True } => RunPhase.Complete,
        { Reason: var reason } when InvalidReasons.Contains(reason) => RunPhase.Invalid,
        _ => RunPhase.Failed,
    };

    /// <summary>Judges results by the rules of design.md §2: ended is not measured.</summary>
    public static RunVerdict Judge(RunResults results, MeterReport meter, RunEnvironment? before, V1Alpha1NodeTuning? tuning)
    {
        if (results.Sent != results.Matched + results.Lost + results.Undecided
            || results.Received != results.Matched + results.Duplicated + results.UnmatchedAfter + results.Negative)
        {
            return new(false, RunConditions.ReasonCountersInconsistent,
                $"sent {results.Sent} and received {results.Received} do not add up with matched {results.Matched}, lost {results.Lost}, undecided "
                + $"{results.Undecided}, duplicated {results.Duplicated}, unmatched after {results.UnmatchedAfter}, negative {results.Negative}: please report this as a bug");
        }

        if (results.CaptureDrops is { Ingress: > 0 } or { Egress: > 0 })
        {
            return new(false, RunConditions.ReasonCaptureDrops,
                $"the captures missed packets (ingress {results.CaptureDrops.Ingress}, egress {results.CaptureDrops.Egress}), so loss and percentiles are not the "
                + "forwarder's; lower traffic.rate or give the node more housekeeping CPUs");
        }

        if (results.Negative > 0 || meter.ClockSteps > 0)
        {
            return new(false, RunConditions.ReasonClockUnusable,
                $"{results.Negative} packets arrived before they were sent and the clock went backwards {meter.ClockSteps} times; stop what steps the node's clock");
        }

        if (results.Matched == 0 || results.LatencyNs is null)
        {
            return new(false, RunConditions.ReasonNothingMatched,
                $"of {results.Sent} packets at the ingress tap and {results.Received} at the egress tap none matched; check that the taps lie before and after the forwarder");
        }

        if (Drift(before, tuning) is { } drift)
        {
            return new(false, RunConditions.ReasonNodeDrifted, drift + "; see `kubectl get ntn -o wide` and stop what changes the node");
        }

        return new(true, RunConditions.ReasonValid, Summary(results, meter));
    }

    private static string? Drift(RunEnvironment? before, V1Alpha1NodeTuning? tuning)
    {
        if (tuning?.Status is not { } after)
        {
            return "the node's tuning was taken away during the run";
        }

        if (after.BootId != before?.BootId)
        {
            return "the node was rebooted during the run";
        }

        if ((after.Drifts ?? 0) != (before?.Drifts ?? 0) || !after.Conditions.IsTrue(NodeTuningConditions.Effective))
        {
            return "a tuned value was changed behind latlab's back during the run";
        }

        return after.LedgerDigest == before?.LedgerDigest ? null : "the node's ledger is another one than at the start of the run";
    }

    private static string Summary(RunResults results, MeterReport meter)
    {
        var missing = results.Generated - results.Sent;
        return $"{results.Matched} of {results.Sent} packets matched, {results.Lost} lost"
            + (missing > 0 ? $"; {missing} more were generated and never reached the ingress tap" : "")
            + (meter.EndMarkerSeen ? "" : "; the end marker was not seen, so the capture ended by its deadline");
    }
}

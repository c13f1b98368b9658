using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.Validation;
using Latlab.Operator.Reservations;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Runs;

/// <summary>Gets a run its node: the Lease, then the tuning in effect, then the right to use it, then the agent's word.</summary>
internal static class RunReserving
{
    public static RunPlan Reserve(RunObservation observed, RunStatusBuilder status, OperatorSettings settings, DateTimeOffset now)
    {
        var node = observed.Run.Spec.NodeName;
        if (NodeDrift.IsTakenAway(observed.Tuning))
        {
            return status.Fail(RunConditions.ReasonTuningLost, $"node \"{node}\" is not tuned any more; keep its TunedNode until the run has ended");
        }

        if (!NodeReservation.IsHeld(observed.Lease))
        {
            return status.Stay(RunConditions.ReasonInProgress, "the node is being reserved", new RunStep.ReserveNode()) with { NextLook = RunDeadlines.LookAgain };
        }

        if (!NodeReservation.IsHeldBy(observed.Lease, observed.RunUid))
        {
            var holder = NodeReservation.Holder(observed.Lease);
            return status.Stay(RunConditions.ReasonNodeBusy, NodeReservation.RebootOf(observed.Lease) is not null
                ? $"node \"{node}\" is being rebooted for its tuning; this run waits until it is back"
                : observed.LeaseIsStale
                ? $"node \"{node}\" is being freed from run {holder}, which is over"
                : $"node \"{node}\" belongs to run {holder}; this run waits for its end");
        }

        if (!NodeTuningState.IsEffective(observed.Tuning))
        {
            var since = now - (observed.Lease!.Spec.AcquireTime ?? now.UtcDateTime);
            var why = observed.Tuning.Status?.Conditions.Get(NodeTuningConditions.Effective)?.Message ?? "its agent has not reported yet";
            RunStep[] steps = RunReadBack.IsStillFor(observed.Tuning, observed.RunUid) ? [new RunStep.EndQuiet()] : [];
            return since > RunDeadlines.Tuning
                ? status.Fail(RunConditions.ReasonTuningLost, $"the node's tuning was not in effect for {LengthOfTime.Format(RunDeadlines.Tuning)}: {why}")
                : status.AwaitTuning(why, steps) with { NextLook = RunDeadlines.Tuning - since + TimeSpan.FromSeconds(1) };
        }

        return RunPermissions.Refusal(observed, observed.Tuning, settings) is { } refusal
            ? status.Fail(RunConditions.ReasonNotPermitted, refusal.ToString())
            : RunReadBack.Before(observed, observed.Tuning, status, now);
    }
}

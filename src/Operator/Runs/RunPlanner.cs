using Latlab.Crds.Conditions;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.Validation;
using Latlab.Operator.Reservations;
using Latlab.Operator.TunedNodes;

namespace Latlab.Operator.Runs;

/// <summary>
/// The state machine of a run (design.md §2), pure: <c>Pending → Reserving → Preparing → Measuring → Analyzing → Complete | Failed | Invalid</c>.
/// Every phase decides from what is there, so that an operator that was killed anywhere goes on where it was.
/// </summary>
internal static class RunPlanner
{
    public static RunPlan Plan(RunObservation observed, OperatorSettings settings, DateTimeOffset now)
    {
        var run = observed.Run;
        if (run.Metadata.DeletionTimestamp is not null)
        {
            return RunCleanUp.ForDeletion(observed, new RunStatusBuilder(run, now));
        }

        var status = new RunStatusBuilder(run, now);
        return run.Status?.Phase switch
        {
            null or RunPhase.Pending => status.Enter(RunPhase.Reserving),
            RunPhase.Reserving => Reserve(observed, status, now),
            RunPhase.Preparing => Prepare(observed, status, now),
            RunPhase.Measuring => Measure(observed, status, settings, now),
            RunPhase.Analyzing => RunCleanUp.AfterMeasuring(observed, status),
            _ => RunCleanUp.AfterEnd(observed, status),
        };
    }

    private static RunPlan Reserve(RunObservation observed, RunStatusBuilder status, DateTimeOffset now)
    {
        if (observed.Tuning is null || observed.Tuning.Metadata.DeletionTimestamp is not null)
        {
            return status.Fail(RunConditions.ReasonTuningLost, $"node \"{observed.Run.Spec.NodeName}\" is not tuned any more; keep its TunedNode until the run has ended");
        }

        if (!NodeReservation.IsHeld(observed.Lease))
        {
            return status.Stay(RunConditions.ReasonInProgress, "the node is being reserved", new RunStep.ReserveNode());
        }

        if (!NodeReservation.IsHeldBy(observed.Lease, observed.RunUid))
        {
            return observed.LeaseIsStale
                ? status.Stay(RunConditions.ReasonNodeBusy, "the last run's reservation is being dropped", new RunStep.DropStaleReservation(observed.Lease!.Metadata.Uid))
                : status.Stay(RunConditions.ReasonNodeBusy, $"node \"{observed.Run.Spec.NodeName}\" belongs to run {Holder(observed)}; this run waits for its end");
        }

        if (!NodeTuningState.IsEffective(observed.Tuning))
        {
            var since = now - (observed.Lease!.Spec.AcquireTime ?? now.UtcDateTime);
            var why = observed.Tuning.Status?.Conditions.Get(NodeTuningConditions.Effective)?.Message ?? "its agent has not reported yet";
            return since > RunDeadlines.Tuning
                ? status.Fail(RunConditions.ReasonTuningLost, $"the node's tuning was not in effect for {LengthOfTime.Format(RunDeadlines.Tuning)}: {why}")
                : status.Stay(RunConditions.ReasonWaitingForTuning, why) with { NextLook = RunDeadlines.Tuning - since + TimeSpan.FromSeconds(1) };
        }

        return status.EnterPreparing(observed.Tuning);
    }

    private static RunPlan Prepare(RunObservation observed, RunStatusBuilder status, DateTimeOffset now)
    {
        foreach (var role in PreparedRoles(observed))
        {
            var pod = observed.Pod(role);
            if (pod is null)
            {
                return Create(role, status.Began(RunPhase.Preparing), Patience(role), status, now);
            }

            if (Death(role, pod) is { } death)
            {
                return death.Record(status, role);
            }

            if (!pod.Ready)
            {
                return Late(role, pod, status.Began(RunPhase.Preparing), Patience(role), status, now);
            }
        }

        return status.Enter(RunPhase.Measuring);
    }

    private static RunPlan Measure(RunObservation observed, RunStatusBuilder status, OperatorSettings settings, DateTimeOffset now)
    {
        if (observed.Generator is null)
        {
            return Create(RunRole.Generator, status.Began(RunPhase.Measuring), RunDeadlines.Start, status, now);
        }

        // The meter's and the forwarder's troubles come first: they explain the generator's.
        foreach (var role in PreparedRoles(observed).Append(RunRole.Generator))
        {
            if (observed.Pod(role) is not { } pod)
            {
                return status.Fail(DeathReason(role), $"the {RunPodNames.RoleValue(role)} pod was removed by force");
            }

            if (Death(role, pod) is { } death)
            {
                return death.Record(status, role);
            }
        }

        if (!observed.Generator.Ended)
        {
            var patience = observed.Generator.Waiting is null ? RunDeadlines.Measuring(observed.Run.Spec) : RunDeadlines.Start;
            return Late(RunRole.Generator, observed.Generator, status.Began(RunPhase.Measuring), patience, status, now);
        }

        return observed.Meter!.Ended ? RunAnalysis.Analyze(observed, status, settings) : AwaitMeter(observed, observed.Meter, status, now);
    }

    /// <summary>
    /// The generator is done, the meter is not: it did not see the end marker, which is lost, or the ingress tap is in the wrong place. Asked to end, it says what
    /// it has.
    /// </summary>
    private static RunPlan AwaitMeter(RunObservation observed, PodState meter, RunStatusBuilder status, DateTimeOffset now)
    {
        var done = observed.Generator!.EndedAt ?? now;
        var left = done + LengthOfTime.Parse(observed.Run.Spec.Measurement.Window) + RunDeadlines.Finish - now;
        return left > TimeSpan.Zero && !meter.Deleting
            ? status.Stay() with { NextLook = left }
            : meter.Deleting
                ? Late(RunRole.Meter, meter, done, RunDeadlines.Traffic(observed.Run.Spec) + (2 * RunDeadlines.Finish) + RunDeadlines.PodGrace, status, now)
                : status.Stay(new RunStep.DeletePod(RunRole.Meter)) with { NextLook = RunDeadlines.PodGrace + RunDeadlines.Finish };
    }

    /// <summary>The pods that must be ready before the generator starts, in the order in which they start: the meter listens before anything can move.</summary>
    private static IEnumerable<RunRole> PreparedRoles(RunObservation observed) =>
        observed.Run.Spec.Forwarder is null ? [RunRole.Meter] : [RunRole.Meter, RunRole.Forwarder];

    /// <summary>How long after the beginning of the phase a role must be ready: they start one after the other.</summary>
    private static TimeSpan Patience(RunRole role) => role == RunRole.Meter ? RunDeadlines.Start : 2 * RunDeadlines.Start;

    private static RunPlan Create(RunRole role, DateTimeOffset since, TimeSpan patience, RunStatusBuilder status, DateTimeOffset now)
    {
        var left = since + patience - now;
        return left > TimeSpan.Zero
            ? status.Stay(new RunStep.CreatePod(role)) with { NextLook = left }
            : status.Fail(RunConditions.ReasonTimedOut,
                $"the {RunPodNames.RoleValue(role)} pod could not be created within {LengthOfTime.Format(patience)}; the run's events say why");
    }

    private static RunPlan Late(RunRole role, PodState pod, DateTimeOffset since, TimeSpan patience, RunStatusBuilder status, DateTimeOffset now)
    {
        var left = since + patience - now;
        if (left > TimeSpan.Zero)
        {
            return status.Stay() with { NextLook = left };
        }

        var what = pod.Ended || pod.Ready ? "did not end" : "was not ready";
        var why = pod.Waiting is null ? "" : $": {pod.Waiting}";
        return status.Fail(RunConditions.ReasonTimedOut, $"the {RunPodNames.RoleValue(role)} {what} within {LengthOfTime.Format(patience)}{why}") with { LogsOf = role };
    }

    private static PodDeath? Death(RunRole role, PodState pod) => pod switch
    {
        { Trouble: { } trouble } => new PodDeath(trouble.Reason ?? DeathReason(role), trouble.Message),
        { Ended: true } when role == RunRole.Forwarder => new PodDeath(RunConditions.ReasonForwarderDied, "the forwarder ended by itself"),
        { Deleting: true, Ended: false } when role != RunRole.Meter => new PodDeath(DeathReason(role), "the pod is being deleted by somebody else"),
        _ => null,
    };

    private static string DeathReason(RunRole role) => role switch
    {
        RunRole.Meter => RunConditions.ReasonMeterDied,
        RunRole.Forwarder => RunConditions.ReasonForwarderDied,
        _ => RunConditions.ReasonGeneratorDied,
    };

    private static string Holder(RunObservation observed) =>
        observed.Lease?.Metadata.Annotations?.TryGetValue(Latlab.Crds.ApiGroup.Name + "/run", out var run) == true ? run : observed.Lease?.Spec.HolderIdentity ?? "";

    private sealed record PodDeath(string Reason, string Message)
    {
        public RunPlan Record(RunStatusBuilder status, RunRole role) =>
            status.Fail(Reason, $"{RunPodNames.RoleValue(role)}: {Message}") with { LogsOf = Reason == RunConditions.ReasonImagePull ? null : role };
    }
}

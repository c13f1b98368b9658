using Latlab.Crds.Runs;
using Latlab.Crds.Validation;

namespace Latlab.Operator.Runs;

/// <summary>
/// The state machine of a run (design.md §2), pure: <c>Pending → Reserving → Preparing → Measuring → Analyzing → Complete | Failed |
/// Invalid</c>. Every phase decides from what is there, so that an operator that was killed anywhere goes on where it was.
/// </summary>
internal static class RunPlanner
{
    public static RunPlan Plan(RunObservation observed, OperatorSettings settings, DateTimeOffset now)
    {
        var run = observed.Run;
        var status = new RunStatusBuilder(run, now);
        if (run.Metadata.DeletionTimestamp is not null)
        {
            return RunCleanUp.LetGo(observed, status, now);
        }

        return run.Status?.Phase switch
        {
            null or RunPhase.Pending => status.Enter(RunPhase.Reserving),
            RunPhase.Reserving => RunReserving.Reserve(observed, status, settings, now),
            RunPhase.Preparing => Prepare(observed, status, now),
            RunPhase.Measuring => Measure(observed, status, settings, now),
            RunPhase.Analyzing => RunCleanUp.AfterMeasuring(observed, status, now),
            _ => RunCleanUp.LetGo(observed, status, now),
        };
    }

    private static RunPlan Prepare(RunObservation observed, RunStatusBuilder status, DateTimeOffset now)
    {
        var began = RunStatusBuilder.Time(status.Timeline.Preparing, now);
        foreach (var role in PreparedRoles(observed))
        {
            var pod = observed.Pod(role);
            if (pod is null)
            {
                return Create(role, began, Patience(role), status, now);
            }

            if (PodDeath.Of(role, pod, mayEnd: false, mayBeAsked: false) is { } death)
            {
                return death.Record(status);
            }

            if (!pod.Ready)
            {
                return Late(role, pod, began, Patience(role), status, now);
            }
        }

        // Each of them had its time; the agent's look comes on top.
        var patience = RunReadBack.Isolates(observed) ? (2 * RunDeadlines.Start) + RunDeadlines.ReadBack : 2 * RunDeadlines.Start;
        if (RunReadBack.Ready(observed, status, began + patience, now) is { } asking)
        {
            return asking;
        }

        // The meter lives only so long, and the whole of the traffic must fit into that.
        return now - began <= patience
            ? status.Enter(RunPhase.Measuring)
            : status.Fail(RunConditions.ReasonTimedOut,
                $"meter and forwarder are ready, and the operator was not there to go on within {LengthOfTime.Format(patience)}; see why it was away");
    }

    private static RunPlan Measure(RunObservation observed, RunStatusBuilder status, OperatorSettings settings, DateTimeOffset now)
    {
        if (status.Timeline.Measured is not null)
        {
            return RunReadBack.After(observed, status, settings, now);
        }

        return (observed.Generator, status.Timeline.Generating) switch
        {
            (null, null) => Create(RunRole.Generator, RunStatusBuilder.Time(status.Timeline.Measuring, now), RunDeadlines.Start, status, now),
            (null, _) => PodDeath.OfAbsent(RunRole.Generator, status),
            var (generator, seen) => Watch(observed, generator, status, settings, now) is var plan && seen is null ? status.NoteGenerator(plan) : plan,
        };
    }

    private static RunPlan Watch(RunObservation observed, PodState generator, RunStatusBuilder status, OperatorSettings settings, DateTimeOffset now)
    {
        // The meter's and the forwarder's troubles come first: they explain the generator's.
        foreach (var role in PreparedRoles(observed).Append(RunRole.Generator))
        {
            if (observed.Pod(role) is not { } pod)
            {
                return PodDeath.OfAbsent(role, status);
            }

            // The meter is asked to end when the generator has; whether the generator ended by itself, its numbers say.
            if (PodDeath.Of(role, pod, mayEnd: role != RunRole.Forwarder, mayBeAsked: role != RunRole.Forwarder && generator.Ended) is { } death)
            {
                return death.Record(status);
            }
        }

        if (!generator.Ended)
        {
            var patience = generator.Started ? RunDeadlines.Measuring(observed.Run.Spec) : RunDeadlines.Start;
            return Late(RunRole.Generator, generator, RunStatusBuilder.Time(status.Timeline.Measuring, now), patience, status, now);
        }

        return observed.Meter!.Ended ? RunReadBack.After(observed, status, settings, now) : AwaitMeter(observed, observed.Meter, status, now);
    }

    /// <summary>
    /// The generator is done, the meter is not: it did not see the end marker, which is lost, or the ingress tap is in the wrong place.
    /// Asked to end, it says what it has.
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

    /// <summary>
    /// The pods that must be ready before the generator starts, in the order in which they start: the meter listens before anything can
    /// move.
    /// </summary>
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

        var what = pod.Started && (pod.Deleting || role == RunRole.Generator) ? "did not end" : pod.Started ? "was not ready" : "did not start";
        var why = pod.Waiting ?? (pod.Started ? null : "kubelet of its node has said nothing of it; check that it runs");
        var message = $"the {RunPodNames.RoleValue(role)} {what} within {LengthOfTime.Format(patience)}{(why is null ? "" : $": {why}")}";
        return status.Fail(RunConditions.ReasonTimedOut, message) with { LogsOf = role };
    }
}

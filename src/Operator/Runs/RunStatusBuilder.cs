using Latlab.Crds.Conditions;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>Makes the next status of a run from its last one. Every condition is set on every pass.</summary>
internal sealed class RunStatusBuilder(V1Alpha1LatencyRun run, DateTimeOffset now)
{
    private readonly LatencyRunStatus _last = run.Status ?? new LatencyRunStatus { Phase = RunPhase.Pending };

    private long? Generation => run.Metadata.Generation;

    /// <summary>When a phase began.</summary>
    public DateTimeOffset Began(RunPhase phase) => (phase switch
    {
        RunPhase.Preparing => _last.Timeline?.Preparing,
        RunPhase.Measuring => _last.Timeline?.Measuring,
        RunPhase.Analyzing => _last.Timeline?.Analyzing,
        _ => null,
    }) is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : now;

    /// <summary>Goes on in the same phase.</summary>
    public RunPlan Stay(params RunStep[] steps) => new() { Status = Base(_last.Phase), Steps = steps };

    /// <summary>Waits for the node, and says for what.</summary>
    public RunPlan Stay(string reservedReason, string message, params RunStep[] steps)
    {
        var status = Base(_last.Phase);
        return new RunPlan
        {
            Status = status with { Conditions = Set(status, RunConditions.Reserved, ConditionStatus.False, reservedReason, message) },
            Steps = steps,
        };
    }

    /// <summary>Enters the next phase.</summary>
    public RunPlan Enter(RunPhase phase)
    {
        var status = Base(phase);
        return phase != RunPhase.Measuring
            ? new RunPlan { Status = status }
            : new RunPlan
            {
                Status = status with
                {
                    Timeline = (status.Timeline ?? new RunTimeline()) with { Measuring = now.UtcDateTime },
                    Conditions = Set(status, RunConditions.Prepared, ConditionStatus.True, RunConditions.ReasonPodsReady, "the meter listens and the forwarder forwards"),
                },
                Events = [new(EventType.Normal, "Measuring", "The meter listens and the forwarder forwards; the generator starts")],
            };
    }

    /// <summary>The node is ours and its tuning in effect: notes what it is like, to compare with at the end.</summary>
    public RunPlan EnterPreparing(V1Alpha1NodeTuning tuning)
    {
        var status = Base(RunPhase.Preparing);
        var node = tuning.Status!;
        return new RunPlan
        {
            Status = status with
            {
                Timeline = (status.Timeline ?? new RunTimeline()) with { Preparing = now.UtcDateTime },
                Environment = new RunEnvironment
                {
                    KernelRelease = node.Environment?.KernelRelease,
                    KernelCommandLine = node.Environment?.KernelCommandLine,
                    CpuModel = node.Environment?.CpuModel,
                    BootId = node.BootId,
                    LedgerDigest = node.LedgerDigest,
                    Drifts = node.Drifts ?? 0,
                },
                Conditions = Set(status, RunConditions.Reserved, ConditionStatus.True, RunConditions.ReasonLeaseHeld, "the run has its node to itself"),
            },
            Events = [new(EventType.Normal, "Reserved", $"Node {run.Spec.NodeName} is reserved and its tuning in effect")],
        };
    }

    /// <summary>Ends the run without a result: what is there is collected next.</summary>
    public RunPlan Fail(string reason, string message)
    {
        var status = Base(RunPhase.Analyzing);
        return new RunPlan
        {
            Status = status with
            {
                Timeline = (status.Timeline ?? new RunTimeline()) with { Analyzing = now.UtcDateTime },
                Conditions = Set(status, RunConditions.Measured, ConditionStatus.False, reason, message),
            },
            Events = [new(EventType.Warning, reason, message)],
        };
    }

    /// <summary>The numbers are there: puts them on record before anything is taken away.</summary>
    public RunPlan Record(RunResults results, IReadOnlyList<ObjectiveOutcome> objectives, RunEnvironment environment, RunVerdict verdict)
    {
        var status = Base(RunPhase.Analyzing);
        var measured = Set(status, RunConditions.Measured, verdict.Valid ? ConditionStatus.True : ConditionStatus.False, verdict.Reason, verdict.Message);
        var met = objectives.All(o => o.Met);
        return new RunPlan
        {
            Status = status with
            {
                Timeline = (status.Timeline ?? new RunTimeline()) with { Analyzing = now.UtcDateTime },
                Results = results,
                Objectives = objectives,
                Environment = environment,
                Conditions = measured.With(
                    RunConditions.ObjectivesMet,
                    objectives.Count == 0 ? ConditionStatus.Unknown : met ? ConditionStatus.True : ConditionStatus.False,
                    objectives.Count == 0 ? "NoObjectives" : met ? "Met" : "Missed",
                    objectives.Count == 0 ? "no objectives were set" : string.Join("; ", objectives.Select(Text)),
                    Generation,
                    now),
            },
            Events = [new(verdict.Valid ? EventType.Normal : EventType.Warning, verdict.Valid ? "Measured" : verdict.Reason, verdict.Message)],
        };
    }

    /// <summary>Nothing is left on the node: the run ended.</summary>
    public RunPlan End(RunEnvironment? environment)
    {
        var phase = RunVerdict.PhaseFor(_last.Conditions.Get(RunConditions.Measured));
        var status = Base(phase);
        return new RunPlan
        {
            Status = status with
            {
                Environment = environment,
                Timeline = (status.Timeline ?? new RunTimeline()) with { Ended = now.UtcDateTime },
                Conditions = Set(status, RunConditions.Reserved, ConditionStatus.False, RunConditions.ReasonReleased, "the run ended and its node is free")
                    .With(RunConditions.Complete, ConditionStatus.True, RunConditions.ReasonEnded, $"the run ended as {phase}", Generation, now),
            },
            Events = [new(phase == RunPhase.Complete ? EventType.Normal : EventType.Warning, phase.ToString(), $"The run ended as {phase}")],
        };
    }

    /// <summary>Collects: the environment grows as pods end.</summary>
    public RunPlan Collect(RunEnvironment? environment, IEnumerable<RunStep> steps) =>
        new() { Status = Base(_last.Phase) with { Environment = environment }, Steps = [.. steps] };

    private LatencyRunStatus Base(RunPhase? phase)
    {
        var conditions = _last.Conditions;
        foreach (var type in (string[])[RunConditions.Reserved, RunConditions.Prepared, RunConditions.Measured, RunConditions.ObjectivesMet, RunConditions.Complete])
        {
            if (conditions.Get(type) is null)
            {
                conditions = conditions.With(type, ConditionStatus.Unknown, RunConditions.ReasonInProgress, "not reached yet", Generation, now);
            }
        }

        return _last with { Phase = phase, ObservedGeneration = Generation, Conditions = conditions };
    }

    private IReadOnlyList<Condition> Set(LatencyRunStatus status, string type, ConditionStatus value, string reason, string message) =>
        status.Conditions.With(type, value, reason, message, Generation, now);

    private static string Text(ObjectiveOutcome outcome) =>
        $"{outcome.Metric} {(outcome.Measured is { } measured ? measured : "not measured")} {(outcome.Met ? "<=" : ">")} {outcome.AtMost}";
}

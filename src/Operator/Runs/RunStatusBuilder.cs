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

    public RunTimeline Timeline => _last.Timeline ?? new RunTimeline();

    /// <summary>A time of the timeline; now, when that is not reached yet.</summary>
    public static DateTimeOffset Time(DateTime? time, DateTimeOffset now) => time is { } utc ? new DateTimeOffset(utc, TimeSpan.Zero) : now;

    /// <summary>Goes on in the same phase.</summary>
    public RunPlan Stay(params RunStep[] steps) => new() { Status = Base(_last.Phase), Steps = steps };

    /// <summary>The generator's pod was seen.</summary>
    public RunPlan NoteGenerator(RunPlan plan) =>
        plan with { Status = plan.Status with { Timeline = (plan.Status.Timeline ?? new RunTimeline()) with { Generating = now.UtcDateTime } } };

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

    /// <summary>The node is ours, its tuning is not in effect: what the agent was asked before does not count any more.</summary>
    public RunPlan AwaitTuning(string why, params RunStep[] steps)
    {
        var plan = Stay(RunConditions.ReasonWaitingForTuning, why, steps);
        return plan with { Status = plan.Status with { Timeline = _last.Timeline is null ? null : Timeline with { Reserved = null } } };
    }

    /// <summary>The node is ours and its tuning in effect: the agent is asked once more.</summary>
    public RunPlan AwaitReadBack(RunStep[] steps)
    {
        var plan = Stay(RunConditions.ReasonInProgress, "the node is ours; its agent reads back what is in effect", steps);
        return plan with { Status = plan.Status with { Timeline = Timeline with { Reserved = Timeline.Reserved ?? now.UtcDateTime } } };
    }

    /// <summary>The traffic is over: the agent is asked what is in effect now.</summary>
    public RunPlan AwaitVerdict(RunStep[] steps) => new()
    {
        Status = Base(_last.Phase) with { Timeline = Timeline with { Measured = Timeline.Measured ?? now.UtcDateTime } },
        Steps = steps,
    };

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
                    Timeline = Timeline with { Measuring = now.UtcDateTime },
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
                Timeline = Timeline with { Preparing = now.UtcDateTime },
                Environment = new RunEnvironment
                {
                    KernelRelease = node.Environment?.KernelRelease,
                    KernelPreemption = node.Environment?.KernelPreemption,
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
                Timeline = Timeline with { Analyzing = now.UtcDateTime },
                Conditions = Set(status, RunConditions.Measured, ConditionStatus.False, reason, message)
                    .With(RunConditions.ObjectivesMet, ConditionStatus.Unknown, RunConditions.ReasonNoValidResult, "the run has no result", Generation, now),
            },
            Events = [new(EventType.Warning, reason, message)],
        };
    }

    /// <summary>The numbers are there: puts them on record before anything is taken away.</summary>
    public RunPlan Record(RunResults results, IReadOnlyList<ObjectiveOutcome> objectives, RunEnvironment environment, RunVerdict verdict)
    {
        var status = Base(RunPhase.Analyzing);
        var measured = Set(status, RunConditions.Measured, verdict.Valid ? ConditionStatus.True : ConditionStatus.False, verdict.Reason, verdict.Message);
        var (met, reason, message) = ObjectiveCheck.Sum(objectives, verdict);
        return new RunPlan
        {
            Status = status with
            {
                Timeline = Timeline with { Analyzing = now.UtcDateTime },
                Results = results,
                Objectives = objectives,
                Environment = environment,
                Conditions = measured.With(RunConditions.ObjectivesMet, met, reason, message, Generation, now),
            },
            Events = [new(verdict.Valid ? EventType.Normal : EventType.Warning, verdict.Valid ? "Measured" : verdict.Reason, verdict.Message)],
        };
    }

    /// <summary>Nothing is left on the node: the run ended.</summary>
    public RunPlan End(ForwarderFindings forwarder)
    {
        var phase = RunVerdict.PhaseFor(_last);
        var status = forwarder.AddTo(Base(phase));
        return new RunPlan
        {
            Status = status with
            {
                Timeline = Timeline with { Ended = now.UtcDateTime },
                Conditions = Set(status, RunConditions.Reserved, ConditionStatus.False, RunConditions.ReasonReleased, "the run ended and its node is free")
                    .With(RunConditions.Complete, ConditionStatus.True, RunConditions.ReasonEnded, $"the run ended as {phase}", Generation, now),
            },
            Events = [new(phase == RunPhase.Complete ? EventType.Normal : EventType.Warning, phase.ToString(), $"The run ended as {phase}")],
        };
    }

    /// <summary>Collects: what the forwarder said becomes known as it ends.</summary>
    public RunPlan Collect(ForwarderFindings forwarder, IReadOnlyList<RunStep> steps) => new() { Status = forwarder.AddTo(Base(_last.Phase)), Steps = steps };

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
}

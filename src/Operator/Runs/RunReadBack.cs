using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.TunedNodes;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>
/// Has the node's agent read everything back before the traffic and after it: a change in between shows only so, as the agent keeps still
/// meanwhile and looks rarely otherwise.
/// </summary>
internal static class RunReadBack
{
    private const string Remedy = "check that the pod latlab-agent on the node runs and reaches the API server";

    public static string BeforeToken(string runUid) => runUid + "/before";

    public static string ReadyToken(string runUid) => runUid + "/ready";

    public static string AfterToken(string runUid) => runUid + "/after";

    /// <summary>The node is reserved and its tuning in effect: goes on when the agent has said so once more, and keeps still.</summary>
    public static RunPlan Before(RunObservation observed, V1Alpha1NodeTuning tuning, RunStatusBuilder status, DateTimeOffset now)
    {
        var token = BeforeToken(observed.RunUid);
        var asked = IsStillFor(tuning, observed.RunUid);
        if (asked && tuning.Status?.ReadBack == token)
        {
            return status.EnterPreparing(tuning);
        }

        var left = Left(status.Timeline.Reserved, now);
        return left > TimeSpan.Zero
            ? status.AwaitReadBack(asked ? [] : [new RunStep.RequestReadBack(token, now + RunDeadlines.Quiet(observed.Run.Spec))]) with { NextLook = left }
            : status.Fail(RunConditions.ReasonAgentSilent,
                $"the agent of node \"{observed.Run.Spec.NodeName}\" did not say within {LengthOfTime.Format(RunDeadlines.ReadBack)} what is in effect; {Remedy}");
    }

    /// <summary>Whether the agent makes a partition of the forwarder's container.</summary>
    public static bool Isolates(RunObservation observed) =>
        observed.Run.Spec.Forwarder is not null && observed.Tuning is { Spec.Cpu.Isolation: CpuIsolation.CgroupPartition };

    /// <summary>
    /// The forwarder is ready, and its container is to be a partition: the agent, which keeps still, has to be told that it is there. Null
    /// when there is nothing to wait for.
    /// </summary>
    /// <param name="observed">The run, with its pods ready.</param>
    /// <param name="status">Its status.</param>
    /// <param name="until">Until when to wait.</param>
    /// <param name="now">The time.</param>
    public static RunPlan? Ready(RunObservation observed, RunStatusBuilder status, DateTimeOffset until, DateTimeOffset now)
    {
        var token = ReadyToken(observed.RunUid);
        if (!Isolates(observed) || observed.Tuning is not { } tuning || tuning.Status?.ReadBack == token)
        {
            return null;
        }

        return until > now
            ? status.Stay(IsAsked(tuning, token) ? [] : [new RunStep.RequestReadBack(token, now + RunDeadlines.Quiet(observed.Run.Spec))]) with { NextLook = until - now }
            : status.Fail(RunConditions.ReasonAgentSilent,
                $"the forwarder is ready, and the agent of node \"{observed.Run.Spec.NodeName}\" did not say within {LengthOfTime.Format(RunDeadlines.ReadBack)} whether its CPUs are isolated; {Remedy}");
    }

    /// <summary>
    /// The traffic is over, and what the meter and the generator say is there: judges it when the agent has said what is in effect now.
    /// </summary>
    public static RunPlan After(RunObservation observed, RunStatusBuilder status, OperatorSettings settings, DateTimeOffset now)
    {
        var token = AfterToken(observed.RunUid);
        if (NodeDrift.IsTakenAway(observed.Tuning) || observed.Tuning.Status?.ReadBack == token)
        {
            return RunAnalysis.Analyze(observed, status, settings, agentSilent: null);
        }

        var left = Left(status.Timeline.Measured, now);
        return left > TimeSpan.Zero
            ? status.AwaitVerdict(IsAsked(observed.Tuning, token) ? [] : [new RunStep.RequestReadBack(token, QuietUntil: null)]) with { NextLook = left }
            : RunAnalysis.Analyze(observed, status, settings,
                $"the agent of node \"{observed.Run.Spec.NodeName}\" did not say within {LengthOfTime.Format(RunDeadlines.ReadBack)} what is in effect after the traffic; {Remedy}");
    }

    /// <summary>Whether the agent was ever told to keep still for this run.</summary>
    public static bool WasAsked(RunObservation observed) => observed.Run.Status?.Timeline?.Reserved is not null;

    /// <summary>Whether the agent keeps still for this run, as its NodeTuning says.</summary>
    public static bool IsStillFor(V1Alpha1NodeTuning tuning, string runUid) =>
        IsAsked(tuning, BeforeToken(runUid)) && Annotation(tuning, ReadBackRequest.QuietUntilAnnotation) is not null;

    private static TimeSpan Left(DateTime? since, DateTimeOffset now) => RunStatusBuilder.Time(since, now) + RunDeadlines.ReadBack - now;

    private static bool IsAsked(V1Alpha1NodeTuning tuning, string token) => Annotation(tuning, ReadBackRequest.TokenAnnotation) == token;

    private static string? Annotation(V1Alpha1NodeTuning tuning, string name) =>
        tuning.Metadata.Annotations?.TryGetValue(name, out var value) == true ? value : null;
}

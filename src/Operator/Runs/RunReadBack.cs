using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Crds.Validation;
using Latlab.Operator.Entities;

namespace Latlab.Operator.Runs;

/// <summary>
/// Has the node's agent read everything back before the traffic and after it: a change in between shows only so, as the agent keeps still meanwhile and looks rarely
/// otherwise.
/// </summary>
internal static class RunReadBack
{
    private const string Remedy = "check that the pod latlab-agent on the node runs and reaches the API server";

    public static string BeforeToken(string runUid) => runUid + "/before";

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

    /// <summary>The traffic is over, and what the meter and the generator say is there: judges it when the agent has said what is in effect now.</summary>
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

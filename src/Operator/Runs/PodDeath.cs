using Latlab.Crds.Runs;

namespace Latlab.Operator.Runs;

/// <summary>That a pod cannot do its part any more, and why.</summary>
internal sealed record PodDeath(RunRole Role, string Reason, string Message, bool ReadLog)
{
    /// <summary>The death of a pod; null when it lives, or has done its part.</summary>
    /// <param name="role">The pod's role.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="mayEnd">Whether its part is done when it ends without an error.</param>
    /// <param name="mayBeAsked">Whether it may have been asked to end.</param>
    public static PodDeath? Of(RunRole role, PodState pod, bool mayEnd, bool mayBeAsked) => pod switch
    {
        { Deleting: true } when !mayBeAsked => new(role, ReasonOf(role), "the pod is being deleted by somebody else", ReadLog: true),
        { Trouble: { } trouble } => new(role, trouble.Reason ?? ReasonOf(role), trouble.Message, trouble.Reason != RunConditions.ReasonImagePull && !trouble.SaysItAll),
        { Ended: true } when !mayEnd => new(role, ReasonOf(role), "it ended by itself", ReadLog: true),
        _ => null,
    };

    public static RunPlan OfAbsent(RunRole role, RunStatusBuilder status) =>
        status.Fail(ReasonOf(role), $"the {RunPodNames.RoleValue(role)} pod was removed by force; nobody must take away its finalizer {RunPodNames.Finalizer}");

    public RunPlan Record(RunStatusBuilder status) => status.Fail(Reason, $"{RunPodNames.RoleValue(Role)}: {Message}") with { LogsOf = ReadLog ? Role : null };

    private static string ReasonOf(RunRole role) => role switch
    {
        RunRole.Meter => RunConditions.ReasonMeterDied,
        RunRole.Forwarder => RunConditions.ReasonForwarderDied,
        _ => RunConditions.ReasonGeneratorDied,
    };
}

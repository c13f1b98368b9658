using Latlab.Crds.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>
/// What a run does next. The status is written first; only when the API server took it, the steps follow. So a phase is on record before anything is done in it.
/// </summary>
internal sealed record RunPlan
{
    public required LatencyRunStatus Status { get; init; }

    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    public IReadOnlyList<RunEvent> Events { get; init; } = [];

    /// <summary>When to look again, should nothing happen until then.</summary>
    public TimeSpan? NextLook { get; init; }

    /// <summary>The pod whose last log lines belong into the <c>Measured</c> condition of <see cref="Status"/>.</summary>
    public RunRole? LogsOf { get; init; }
}

/// <summary>An idempotent act.</summary>
internal abstract record RunStep
{
    private RunStep()
    {
    }

    /// <summary>Make the Lease on the node.</summary>
    internal sealed record ReserveNode : RunStep;

    /// <summary>Delete the Lease of a holder that ended or is gone, so that it can be had.</summary>
    internal sealed record DropStaleReservation(string LeaseUid) : RunStep;

    /// <summary>Delete our Lease.</summary>
    internal sealed record ReleaseNode(string LeaseUid) : RunStep;

    /// <summary>Make a pod.</summary>
    internal sealed record CreatePod(RunRole Role) : RunStep;

    /// <summary>Ask a pod to end.</summary>
    internal sealed record DeletePod(RunRole Role) : RunStep;

    /// <summary>Delete an ended pod, at once.</summary>
    internal sealed record LetPodGo(RunRole Role) : RunStep;

    /// <summary>Let the run itself go.</summary>
    internal sealed record RemoveFinalizer : RunStep;
}

/// <summary>A line of the run's story.</summary>
internal sealed record RunEvent(EventType Type, string Reason, string Message);

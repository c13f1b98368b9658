using Latlab.Crds.Runs;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>
/// What a run does next. The status is written first; only when the API server took it, the steps follow. So a phase is on record before
/// anything is done in it.
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

    /// <summary>
    /// Ask the node's agent to read everything back now, and then to keep still until a time; null lets it look again as it likes.
    /// </summary>
    internal sealed record RequestReadBack(string Token, DateTimeOffset? QuietUntil) : RunStep;

    /// <summary>Let the node's agent look again as it likes.</summary>
    internal sealed record EndQuiet : RunStep;

    /// <summary>Delete our Lease, if none of our pods is left by the API server's own account.</summary>
    internal sealed record ReleaseNode(string LeaseUid) : RunStep;

    /// <summary>Make a pod.</summary>
    internal sealed record CreatePod(RunRole Role) : RunStep;

    /// <summary>Ask a pod to end.</summary>
    internal sealed record DeletePod(RunRole Role) : RunStep;

    /// <summary>Ask a pod again that still runs when its grace is over.</summary>
    internal sealed record HurryPod(RunRole Role) : RunStep;

    /// <summary>Delete a pod of which nothing is left on its node, at once.</summary>
    internal sealed record LetPodGo(RunRole Role) : RunStep;

    /// <summary>Let the run itself go, if nothing of it is left by the API server's own account.</summary>
    internal sealed record RemoveFinalizer : RunStep;
}

/// <summary>A line of the run's story.</summary>
internal sealed record RunEvent(EventType Type, string Reason, string Message);

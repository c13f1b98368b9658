using Latlab.Crds.Runs;
using Latlab.Operator.Reservations;

namespace Latlab.Operator.Runs;

/// <summary>
/// Takes away what a run has on its node: pods first, then the Lease, then the run's own finalizer. So nobody gets a node on which
/// something still runs.
/// </summary>
internal static class RunCleanUp
{
    /// <summary>The result, or the failure, is on record: end the pods, read what they say at their end, and free the node.</summary>
    public static RunPlan AfterMeasuring(RunObservation observed, RunStatusBuilder status, DateTimeOffset now)
    {
        var forwarder = ForwarderFindings.Read(observed);
        return Left(observed, now) is { } steps
            ? status.Collect(forwarder, steps) with { NextLook = RunDeadlines.CleanUpLook }
            : status.End(forwarder);
    }

    /// <summary>The end is on record, or the user deleted the run, or its experiment: it may go when nothing is left of it.</summary>
    public static RunPlan LetGo(RunObservation observed, RunStatusBuilder status, DateTimeOffset now)
    {
        var steps = Left(observed, now) ?? (Finalized(observed) ? [new RunStep.RemoveFinalizer()] : null);
        return steps is null ? status.Stay() : status.Stay([.. steps]) with { NextLook = RunDeadlines.CleanUpLook };
    }

    /// <summary>What there is to do before nothing is left, which may be to wait; null when nothing is.</summary>
    private static IReadOnlyList<RunStep>? Left(RunObservation observed, DateTimeOffset now)
    {
        if (Enum.GetValues<RunRole>().Any(role => observed.Pod(role) is not null))
        {
            return [.. PodSteps(observed, now)];
        }

        if (!NodeReservation.IsHeldBy(observed.Lease, observed.RunUid))
        {
            return null;
        }

        var release = new RunStep.ReleaseNode(observed.Lease!.Metadata.Uid);
        return RunReadBack.WasAsked(observed) ? [new RunStep.EndQuiet(), release] : [release];
    }

    private static IEnumerable<RunStep> PodSteps(RunObservation observed, DateTimeOffset now)
    {
        foreach (var role in Enum.GetValues<RunRole>())
        {
            if (observed.Pod(role) is not { } pod)
            {
                continue;
            }

            if (pod.MayGo(observed.NodeExists, now))
            {
                yield return new RunStep.LetPodGo(role);
            }
            else if (!pod.Deleting)
            {
                yield return new RunStep.DeletePod(role);
            }
            else if (pod.Started && now > pod.GraceEnds)
            {
                yield return new RunStep.HurryPod(role);
            }
        }
    }

    private static bool Finalized(RunObservation observed) =>
        observed.Run.Metadata.Finalizers?.Contains(LatencyRunResource.CleanUpFinalizer) ?? false;
}

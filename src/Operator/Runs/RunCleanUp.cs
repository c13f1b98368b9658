using Latlab.Crds.Runs;
using Latlab.Operator.Reservations;

namespace Latlab.Operator.Runs;

/// <summary>Takes away what a run has on its node: pods first, then the Lease, then the run's own finalizer. So nobody gets a node on which something still runs.</summary>
internal static class RunCleanUp
{
    /// <summary>The result, or the failure, is on record: end the pods, read what they say at their end, and free the node.</summary>
    public static RunPlan AfterMeasuring(RunObservation observed, RunStatusBuilder status)
    {
        var environment = RunAnalysis.WithForwarder(observed.Run.Status?.Environment, observed.Run, observed.Forwarder);
        var steps = PodSteps(observed).ToList();
        if (steps.Count > 0 || AnyPodLeft(observed))
        {
            return status.Collect(environment, steps);
        }

        return HasReservation(observed)
            ? status.Collect(environment, [new RunStep.ReleaseNode(observed.Lease!.Metadata.Uid)])
            : status.End(environment);
    }

    /// <summary>The end is on record: the run needs no looking after any more.</summary>
    public static RunPlan AfterEnd(RunObservation observed, RunStatusBuilder status) =>
        status.Stay(Finalized(observed) ? [new RunStep.RemoveFinalizer()] : []);

    /// <summary>The user deleted the run, or its experiment.</summary>
    public static RunPlan ForDeletion(RunObservation observed, RunStatusBuilder status)
    {
        var steps = PodSteps(observed).ToList();
        if (steps.Count > 0 || AnyPodLeft(observed))
        {
            return status.Stay([.. steps]);
        }

        return HasReservation(observed)
            ? status.Stay(new RunStep.ReleaseNode(observed.Lease!.Metadata.Uid))
            : status.Stay(Finalized(observed) ? [new RunStep.RemoveFinalizer()] : []);
    }

    private static IEnumerable<RunStep> PodSteps(RunObservation observed)
    {
        foreach (var role in Enum.GetValues<RunRole>())
        {
            if (observed.Pod(role) is not { } pod)
            {
                continue;
            }

            // Kubelet of a node that left the cluster will never say that the container ended.
            if (pod.Ended || !observed.NodeExists)
            {
                yield return new RunStep.LetPodGo(role);
            }
            else if (!pod.Deleting)
            {
                yield return new RunStep.DeletePod(role);
            }
        }
    }

    private static bool AnyPodLeft(RunObservation observed) => Enum.GetValues<RunRole>().Any(role => observed.Pod(role) is not null);

    private static bool HasReservation(RunObservation observed) => NodeReservation.IsHeldBy(observed.Lease, observed.RunUid);

    private static bool Finalized(RunObservation observed) =>
        observed.Run.Metadata.Finalizers?.Contains(LatencyRunResource.CleanUpFinalizer) ?? false;
}

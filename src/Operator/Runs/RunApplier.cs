using System.Globalization;
using k8s.Models;
using Latlab.Crds.NodeTunings;
using Latlab.Crds.Runs;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>
/// Carries out a run's steps. Each may be done again. What cannot be taken back (a pod is made, a node freed, the run let go) is done only
/// when the API server itself says that it may be: the caches from which the plan was made can be behind.
/// </summary>
[EntityRbac(typeof(V1Pod), Verbs = RbacVerb.Create, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Create | RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Patch)]
internal sealed class RunApplier(
    IEntityClient client, LiveRuns live, RunPodCollector collector, IEventPublisher events, OperatorSettings settings, TimeProvider clock)
{
    /// <summary>False when a step is yet to be done, so that it is worth looking again soon.</summary>
    public async Task<bool> ApplyAsync(V1Alpha1LatencyRun run, IReadOnlyList<RunStep> steps, CancellationToken cancellationToken)
    {
        var done = true;
        foreach (var step in steps)
        {
            done &= await ApplyAsync(run, step, cancellationToken);
        }

        return done;
    }

    private Task<bool> ApplyAsync(V1Alpha1LatencyRun run, RunStep step, CancellationToken cancellationToken) => step switch
    {
        RunStep.ReserveNode => ReserveAsync(run, cancellationToken),
        RunStep.RequestReadBack request => AnnotateAsync(run, request.QuietUntil, request.Token, cancellationToken),
        RunStep.EndQuiet => AnnotateAsync(run, quietUntil: null, token: null, cancellationToken),
        RunStep.ReleaseNode release => ReleaseAsync(run, release.LeaseUid, cancellationToken),
        RunStep.CreatePod create => CreatePodAsync(run, create.Role, cancellationToken),
        RunStep.DeletePod delete => DoneAsync(collector.EndAsync(RunPodNames.For(delete.Role, run.Metadata.Uid), cancellationToken)),
        RunStep.HurryPod hurry => DoneAsync(collector.HurryAsync(RunPodNames.For(hurry.Role, run.Metadata.Uid), cancellationToken)),
        RunStep.LetPodGo letGo => collector.TryLetGoAsync(RunPodNames.For(letGo.Role, run.Metadata.Uid), cancellationToken),
        RunStep.RemoveFinalizer => RemoveFinalizerAsync(run, cancellationToken),
        _ => throw new InvalidOperationException($"No way to carry out {step}."),
    };

    private async Task<bool> ReserveAsync(V1Alpha1LatencyRun run, CancellationToken cancellationToken)
    {
        if (!await live.IsUnchangedAsync(run, cancellationToken))
        {
            return false;
        }

        var lease = NodeReservation.Lease(settings.RunsNamespace, run.Spec.NodeName, run.Metadata.Uid, RunReference.To(run), clock.GetUtcNow());
        await client.TryCreateAsync(lease, cancellationToken);
        return true;
    }

    private Task<bool> AnnotateAsync(V1Alpha1LatencyRun run, DateTimeOffset? quietUntil, string? token, CancellationToken cancellationToken)
    {
        var annotations = new Dictionary<string, string?>
        {
            [ReadBackRequest.QuietUntilAnnotation] = quietUntil?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        };
        if (token is not null)
        {
            annotations[ReadBackRequest.TokenAnnotation] = token;
        }

        return DoneAsync(client.AnnotateAsync<V1Alpha1NodeTuning>(null, run.Spec.NodeName, annotations, cancellationToken));
    }

    private async Task<bool> ReleaseAsync(V1Alpha1LatencyRun run, string leaseUid, CancellationToken cancellationToken)
    {
        if (await live.HasPodsAsync(run.Metadata.Uid, cancellationToken))
        {
            return false;
        }

        await client.DeleteAsync<V1Lease>(settings.RunsNamespace, NodeReservation.LeaseName(run.Spec.NodeName), leaseUid, cancellationToken);
        return true;
    }

    /// <summary>With an old phase in the cache a pod of a run that ended would be made again, and traffic sent twice.</summary>
    private async Task<bool> CreatePodAsync(V1Alpha1LatencyRun run, RunRole role, CancellationToken cancellationToken)
    {
        if (!await live.IsUnchangedAsync(run, cancellationToken))
        {
            return false;
        }

        try
        {
            await client.TryCreateAsync(RunPods.Build(role, run, settings), cancellationToken);
            return true;
        }
        catch (ApiException e)
        {
            // A quota or an admission webhook may say no: the user hears it, and it is tried again until the run's deadline.
            events.Publish(run, EventType.Warning, "PodNotCreated", $"{RunPodNames.RoleValue(role)}: {e.Message}");
            return false;
        }
    }

    private async Task<bool> RemoveFinalizerAsync(V1Alpha1LatencyRun run, CancellationToken cancellationToken)
    {
        if (await live.HasPodsAsync(run.Metadata.Uid, cancellationToken) || await live.HoldsNodeAsync(run, cancellationToken))
        {
            return false;
        }

        await client.RemoveFinalizerAsync(run, LatencyRunResource.CleanUpFinalizer, cancellationToken);
        return true;
    }

    private static async Task<bool> DoneAsync(Task step)
    {
        await step;
        return true;
    }
}

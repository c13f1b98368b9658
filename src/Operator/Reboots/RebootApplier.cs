using System.Net;
using System.Runtime.ExceptionServices;
using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Reservations;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>Carries out steps. What a node's trouble is does not keep the others from theirs: it is told, and tried again.</summary>
[EntityRbac(typeof(V1Alpha1NodeTuning), Verbs = RbacVerb.Get | RbacVerb.Update)]
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Create | RbacVerb.Delete, Scope = RbacScope.RunNamespace)]
internal sealed class RebootApplier(
    IEntityClient client,
    INodeActions nodes,
    IPodEvictions evictions,
    IEventPublisher events,
    RebootMetrics metrics,
    OperatorSettings settings,
    TimeProvider clock)
{
    private const int StepsAtOnce = 8;

    public async Task ApplyAsync(IReadOnlyList<RebootStep> steps, CancellationToken cancellationToken)
    {
        var troubles = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        await Parallel.ForEachAsync(
            steps.GroupBy(step => step.Node.Name),
            new ParallelOptions { MaxDegreeOfParallelism = StepsAtOnce, CancellationToken = cancellationToken },
            async (ofNode, token) =>
            {
                try
                {
                    foreach (var step in ofNode)
                    {
                        await ApplyAsync(step, token);
                    }
                }
                catch (Exception exception) when (IsOfNode(exception, token))
                {
                    troubles.Enqueue(exception);
                    if (!IsConflict(exception) && ofNode.First().Node.Tuning is { } tuning)
                    {
                        events.Publish(tuning, EventType.Warning, "RebootStepFailed", exception.Message);
                    }
                }
            });

        if (troubles.OrderBy(IsConflict).FirstOrDefault() is { } first)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Gives a node back to its work: what a reboot changed about it is as before, and runs may have it.</summary>
    public async Task GiveBackAsync(V1Alpha1NodeTuning tuning, CancellationToken cancellationToken)
    {
        var (name, uid) = (tuning.Metadata.Name, tuning.Metadata.Uid);
        await nodes.UncordonAsync(name, uid, cancellationToken);
        var lease = await client.GetAsync<V1Lease>(settings.RunsNamespace, NodeReservation.LeaseName(name), cancellationToken);
        if (NodeReservation.IsHeldBy(lease, NodeReservation.RebootHolder(uid)))
        {
            await client.DeleteAsync<V1Lease>(settings.RunsNamespace, lease!.Metadata.Name, lease.Metadata.Uid, cancellationToken);
        }
    }

    /// <summary>
    /// Refused, or not answered: that is about one request. A connection that KubernetesClient gave up waiting for is a cancellation that
    /// nobody asked for.
    /// </summary>
    private static bool IsOfNode(Exception exception, CancellationToken token) =>
        exception is ApiException or TimeoutException or HttpRequestException
        || (exception is OperationCanceledException && !token.IsCancellationRequested);

    private static bool IsConflict(Exception exception) => exception is ApiException { IsConflict: true };

    private async Task ApplyAsync(RebootStep step, CancellationToken cancellationToken)
    {
        await DoAsync(step, cancellationToken);
        Tell(step);
        if (step is RebootStep.Release)
        {
            // Only now: a record that cannot be written, as there is a newer one, must not cost the node its cordon and its Lease.
            // Whoever is killed here leaves them behind, and the next look finds them.
            await GiveBackAsync(step.Node.Tuning!, cancellationToken);
        }
    }

    private Task DoAsync(RebootStep step, CancellationToken cancellationToken) => step switch
    {
        RebootStep.TakeSlot take => WriteAsync(take.Node, take.Record, cancellationToken),
        RebootStep.ReserveNode => client.TryCreateAsync(
            NodeReservation.RebootLease(settings.RunsNamespace, step.Node.Name, step.Node.Tuning!.Metadata.Uid, clock.GetUtcNow()),
            cancellationToken),
        RebootStep.Cordon cordon => CordonAsync(cordon, cancellationToken),
        RebootStep.Evict evict => EvictAsync(evict, cancellationToken),
        RebootStep.Grant grant => GrantAsync(grant, cancellationToken),
        RebootStep.Note note => WriteAsync(note.Node, note.Record, cancellationToken),
        RebootStep.Release release => WriteAsync(release.Node, release.Record, cancellationToken),
        RebootStep.Taint => nodes.TaintAsync(step.Node.Name, cancellationToken),
        RebootStep.Untaint => nodes.UntaintAsync(step.Node.Name, cancellationToken),
        _ => throw new InvalidOperationException($"No way to carry out {step}."),
    };

    private async Task CordonAsync(RebootStep.Cordon step, CancellationToken cancellationToken)
    {
        await nodes.CordonAsync(step.Node.Name, step.Node.Tuning!.Metadata.Uid, cancellationToken);
        await WriteAsync(step.Node, step.Record, cancellationToken);
    }

    private async Task EvictAsync(RebootStep.Evict step, CancellationToken cancellationToken)
    {
        // An eviction cannot be taken back, and the cache may not have seen yet that the node was given back to its work.
        var live = await client.GetAsync<V1Alpha1NodeTuning>(null, step.Node.Name, cancellationToken);
        if (live?.Metadata.Uid != step.Node.Tuning!.Metadata.Uid || RebootRecord.Of(live) != step.Node.Record)
        {
            throw new ApiException(
                HttpStatusCode.Conflict, "Conflict", $"evict pods of node {step.Node.Name}", $"{RebootRecord.Annotation} is not what the cache has");
        }

        string? refusal = null;
        try
        {
            foreach (var pod in step.Pods)
            {
                refusal = await evictions.EvictAsync(pod, cancellationToken) is { } why ? refusal ?? why : refusal;
            }
        }
        finally
        {
            // What keeps a pod is on record, so that the TunedNode says it while the node is being emptied, and when it could not be. A try that
            // was not answered was one, too: else a drain would have no end.
            await WriteAsync(step.Node, step.Record with { Message = refusal }, cancellationToken);
        }
    }

    private async Task GrantAsync(RebootStep.Grant step, CancellationToken cancellationToken)
    {
        if (step.Budget != step.Node.Budget)
        {
            // Before the grant: a reboot that was counted and not granted costs nothing, as the count names the boot.
            await nodes.CountRebootAsync(
                step.Node.Name, RebootBudget.Text(step.Node.Machine), step.Budget.WriteTo(step.Node.Machine), cancellationToken);
        }

        await WriteAsync(step.Node, step.Record, cancellationToken);
        metrics.Granted.WithLabels(step.Node.Tuning!.Spec.TunedNode.Name).Inc();
    }

    /// <summary>With the version that the record was read with: whoever has not seen the newest one changes nothing.</summary>
    private async Task WriteAsync(RebootNode node, RebootRecord record, CancellationToken cancellationToken)
    {
        if (record != node.Record)
        {
            await client.ReplaceAsync(record.WriteTo(node.Tuning!), cancellationToken);
        }
    }

    private void Tell(RebootStep step)
    {
        if (step.News is { } news)
        {
            events.Publish(step.Node.Tuning!, news.Type, news.Reason, news.Message);
            if (news.Reason == Crds.TunedNodes.TunedNodeConditions.ReasonDrainBlocked)
            {
                metrics.Blocked.WithLabels(step.Node.Tuning!.Spec.TunedNode.Name).Inc();
            }
        }
    }
}

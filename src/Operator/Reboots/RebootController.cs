using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Reboots;

/// <summary>
/// Takes the nodes of TunedNodes through their reboots. One TunedNode at a time: nodes of the control plane are counted over all of them.
/// </summary>
internal sealed class RebootController(
    RebootObserver observer, RebootApplier applier, RebootMetrics metrics, OperatorSettings settings, TimeProvider clock)
    : IReconciler<V1Alpha1TunedNode>
{
    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(1);

    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1TunedNode entity, CancellationToken cancellationToken)
    {
        if (!settings.AllowReboots)
        {
            return ReconciliationResult.Success();
        }

        var plan = RebootPlanner.Plan(await observer.WithPodsAsync(observer.Read(entity), cancellationToken), clock.GetUtcNow());
        if (plan.Steps.Any(step => step.NeedsTruth))
        {
            if (await observer.ReadLiveAsync(entity, cancellationToken) is not { } live)
            {
                return ReconciliationResult.Success();
            }

            plan = RebootPlanner.Plan(live, clock.GetUtcNow());
        }

        metrics.Slots.WithLabels(entity.Metadata.Name).Set(plan.Slots);
        metrics.Stopped.WithLabels(entity.Metadata.Name).Set(plan.StoppedBy is null ? 0 : 1);
        await applier.ApplyAsync(plan.Steps, cancellationToken);
        return ReconciliationResult.Success(NextLook(plan, clock.GetUtcNow()));
    }

    private static TimeSpan? NextLook(RebootPlan plan, DateTimeOffset now)
    {
        var due = plan.NextLook is { } look ? look - now : TimeSpan.MaxValue;
        var longest = plan.Views.Count > 0 ? RebootTimes.Look : TimeSpan.MaxValue;
        var next = due < longest ? due : longest;
        return next == TimeSpan.MaxValue ? null : next < ShortestLook ? ShortestLook : next;
    }
}

using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.TunedNodes;

/// <summary>Keeps one NodeTuning for each node of a TunedNode.</summary>
internal sealed class TunedNodeController(TunedNodeObserver observer, TunedNodeApplier applier, AgentPods agents, TimeProvider clock) : IReconciler<V1Alpha1TunedNode>
{
    private static readonly TimeSpan NextLook = TimeSpan.FromSeconds(5);

    public async Task<ReconciliationResult> ReconcileAsync(V1Alpha1TunedNode entity, CancellationToken cancellationToken)
    {
        var observed = observer.Read(entity);
        var now = clock.GetUtcNow();
        await applier.ApplyAsync(entity, TunedNodePlanner.Plan(observed, now), cancellationToken);
        // What is said of a window, or of a pause, changes with time alone, and agents' pods wake nobody.
        TimeSpan? ofReboots = observed.Reboots?.NextLook is { } look ? (look > now ? look - now : TimeSpan.Zero) + NextLook : null;
        TimeSpan? ofAgents = agents.AreWatched ? AgentPods.NextLook : null;
        return ReconciliationResult.Success(ofReboots < ofAgents ? ofReboots : ofAgents ?? ofReboots);
    }
}

using k8s.Models;
using Latlab.Operator.Entities;
using Latlab.Operator.Runtime;

namespace Latlab.Operator.Runs;

/// <summary>
/// Takes away pods whose run is gone, as somebody took its finalizer away by force. Pods of a run that is there are the run's to collect.
/// </summary>
internal sealed partial class StrayPodController(
    IEntityCache<V1Alpha1LatencyRun> runs, LiveRuns live, RunPodCollector collector, ILogger<StrayPodController> logger) : IReconciler<V1Pod>
{
    private readonly ILogger _logger = logger;

    public async Task<ReconciliationResult> ReconcileAsync(V1Pod entity, CancellationToken cancellationToken)
    {
        if (RunReference.UidOf(entity) is not { } uid || RunReference.Of(entity) is not { } key || runs.WithUid(uid) is not null)
        {
            return ReconciliationResult.Success();
        }

        if (await live.FindAsync(key, uid, cancellationToken) is null && !await collector.TryLetGoAsync(entity.Metadata.Name, cancellationToken)
            && entity.Metadata.DeletionTimestamp is null)
        {
            await collector.EndAsync(entity.Metadata.Name, cancellationToken);
            LogStray(entity.Metadata.Name, key);
        }

        return ReconciliationResult.Success(RunDeadlines.CleanUpLook);
    }

    [LoggerMessage(LogLevel.Warning, "Taking away pod {Pod}: its run {Run} is gone")]
    private partial void LogStray(string pod, EntityKey run);
}

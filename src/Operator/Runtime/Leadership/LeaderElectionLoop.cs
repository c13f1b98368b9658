using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Runs for leadership, and gives it up.</summary>
[EntityRbac(typeof(V1Lease), Verbs = RbacVerb.Get | RbacVerb.Create | RbacVerb.Update, Scope = RbacScope.OperatorNamespace)]
internal sealed partial class LeaderElectionLoop(
    ApiConnection connection,
    IEntityClient client,
    OperatorRuntimeOptions options,
    Leadership leadership,
    RuntimeMetrics metrics,
    TimeProvider time,
    ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<LeaderElectionLoop>();

    /// <summary>Takes part in the election until cancelled.</summary>
    public LeaderTerm Begin(CancellationToken cancellationToken)
    {
        if (!options.LeaderElection)
        {
            metrics.Leader.Set(1);
            return new(Task.CompletedTask, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        }

        var acquired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new(acquired.Task, RunAsync(acquired, cancellationToken));
    }

    /// <summary>
    /// Frees the Lease, so that a standby need not wait until it expires. To be called when nothing of ours acts on the strength of it any
    /// more.
    /// </summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        // A renewal that is still under way can make the write conflict, once.
        for (var attempt = 0; attempt < 3 && leadership.IsLeading; attempt++)
        {
            var lease = await client.GetAsync<V1Lease>(options.LeaseNamespace, options.LeaseName, cancellationToken);
            if (lease?.Spec?.HolderIdentity != options.Identity)
            {
                break;
            }

            var now = time.GetUtcNow().UtcDateTime;
            lease.Spec.HolderIdentity = "";
            lease.Spec.LeaseDurationSeconds = 1;
            lease.Spec.AcquireTime = now;
            lease.Spec.RenewTime = now;
            try
            {
                await client.ReplaceAsync(lease, cancellationToken);
                LogReleased(options.LeaseName);
                break;
            }
            catch (ApiException exception) when (exception.IsConflict)
            {
                LogReleaseConflict(options.LeaseName, attempt);
            }
        }

        leadership.Ended();
    }

    private async Task RunAsync(TaskCompletionSource acquired, CancellationToken cancellationToken)
    {
        var lease = new LeaseLock(connection.Client, options.LeaseNamespace, options.LeaseName, options.Identity);
        var problems = new LeaseProblems(lease.Describe(), options.LeaseNamespace, time, loggers.CreateLogger<LeaseProblems>());
        // The lock keeps refused writes to itself otherwise.
        lease.OnHttpError += problems.Note;
        var guard = new LeaseGuard(lease, leadership, time, options, problems);
        using var elector = new LeaderElector(new LeaderElectionConfig(guard)
        {
            LeaseDuration = options.LeaseDuration,
            RenewDeadline = options.RenewDeadline,
            RetryPeriod = options.RetryPeriod,
        });
        elector.OnNewLeader += leader => LogLeader(leader, options.Identity);
        elector.OnStartedLeading += () => acquired.TrySetResult();
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = elector.RunUntilLeadershipLostAsync(term.Token);
        await Task.WhenAny(running, guard.Taken);
        await term.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await guard.Settled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (running.IsFaulted)
        {
            await running;
        }
    }

    [LoggerMessage(LogLevel.Information, "Leader is {Leader}; this replica is {Identity}")]
    private partial void LogLeader(string leader, string identity);

    [LoggerMessage(LogLevel.Information, "Released the Lease {Lease}")]
    private partial void LogReleased(string lease);

    [LoggerMessage(LogLevel.Information, "Lease {Lease} changed while it was released (attempt {Attempt}); trying again")]
    private partial void LogReleaseConflict(string lease, int attempt);
}

using System.Diagnostics.CodeAnalysis;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Runs informers from the start, controllers while this replica leads. Ends the process when leadership is lost or a loop fails:
/// Kubernetes starts a fresh one, which knows what it does not know. On a graceful stop running reconciles finish first, then the Lease is
/// released.
/// </summary>
internal sealed partial class OperatorService(
    RuntimeRegistrations registrations,
    InformerSet informers,
    LeaderElectionLoop election,
    EventPublisher events,
    OperatorRuntimeOptions options,
    TimeProvider time,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    ILogger<OperatorService> logger) : IHostedService, IDisposable
{
    private readonly ILogger _logger = logger;
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IReadOnlyList<IController> _controllers = [];
    private CancellationTokenRegistration _stopping;
    private Task _running = Task.CompletedTask;

    /// <summary>Why the operator ended by itself; null while it has not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether every loop runs.</summary>
    public bool IsAlive => Failure is null && !_running.IsCompleted;

    /// <summary>The informers that have not caught up since the start. A standby that has none is ready, too.</summary>
    public IReadOnlyList<string> NotSynced => [.. informers.Everyone.Where(informer => !informer.Synced.IsCompleted).Select(informer => informer.Name)];

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Before the informers start, so that no controller misses a change.
        _controllers = [.. registrations.Controllers.Select(controller => controller.Create(services))];
        // The first to know: no reconcile starts while the other services are stopped.
        _stopping = lifetime.ApplicationStopping.Register(RequestStop);
        _running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        RequestStop();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _abort.CancelAsync();
    }

    /// <summary>
    /// Without <see cref="StopAsync"/> before, ends everything at once, as a crash would: the Lease stays until it expires.
    /// </summary>
    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "Loops that are still ending use the token.")]
    public void Dispose()
    {
        _stopping.Dispose();
        _abort.Cancel();
        Close();
    }

    private void RequestStop()
    {
        _stopRequested.TrySetResult();
        Close();
    }

    private void Close()
    {
        foreach (var controller in _controllers)
        {
            controller.Close();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            var loops = informers.Everyone.Select(informer => (Func<CancellationToken, Task>)informer.RunAsync).Append(LeadAsync);
            await Loops.RunTogetherAsync(loops, _abort.Token);
        }
        catch (Exception exception) when (!_abort.IsCancellationRequested)
        {
            Failure = exception;
            LogFailed(exception);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task LeadAsync(CancellationToken abort)
    {
        using var candidacy = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var term = election.Begin(candidacy.Token);
        var over = Task.WhenAny(term.Ended, _stopRequested.Task);
        var ready = Task.WhenAll(informers.Everyone.Select(informer => informer.Synced).Append(term.Acquired));
        var idle = true;
        if (await Task.WhenAny(ready, over) == ready)
        {
            idle = await WorkAsync(term, over, abort);
        }

        if (!_stopRequested.Task.IsCompleted && !abort.IsCancellationRequested)
        {
            await candidacy.CancelAsync();
            await term.Ended;
            throw new NotLeadingException($"The Lease {options.LeaseName} was lost by {options.Identity}: another replica leads, or the API server cannot be reached");
        }

        await candidacy.CancelAsync();
        await term.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (idle && options.LeaderElection && !abort.IsCancellationRequested)
        {
            await ReleaseAsync(abort);
        }

        // The informers have nobody left to tell.
        await _abort.CancelAsync();
    }

    /// <summary>Runs the controllers until leadership or the process is over; returns whether no reconcile runs any more.</summary>
    private async Task<bool> WorkAsync(LeaderTerm term, Task<Task> over, CancellationToken abort)
    {
        using var work = CancellationTokenSource.CreateLinkedTokenSource(abort);
        var working = Loops.RunTogetherAsync([events.RunAsync, token => ControlAsync(over, token)], work.Token);
        if (await Task.WhenAny(working, over) == working)
        {
            // A fault is a defect of the runtime: workers survive whatever a reconciler does.
            await working;
        }

        Close();
        if (_stopRequested.Task.IsCompleted)
        {
            // Who lost the Lease has nothing to finish: another replica may be at it.
            await Task.WhenAny(working, term.Ended, Task.Delay(options.StopDeadline, time, abort));
        }

        await work.CancelAsync();
        await Task.WhenAny(working, Task.Delay(options.RetryPeriod, time, abort));
        if (!working.IsCompleted)
        {
            LogUnfinished();
        }

        return working.IsCompleted;
    }

    /// <summary>Runs the controllers until they are closed; what they had to tell may then be told to the end.</summary>
    private async Task ControlAsync(Task<Task> over, CancellationToken cancellationToken)
    {
        await Loops.RunTogetherAsync([.. _controllers.Select(controller => (Func<CancellationToken, Task>)controller.RunAsync), over.WaitAsync], cancellationToken);
        events.Close();
    }

    private async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        try
        {
            await election.ReleaseAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or IOException or TimeoutException or NotLeadingException)
        {
            // It expires by itself.
            LogNotReleased(exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Critical, "The operator ends, as it cannot go on")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(LogLevel.Warning, "A reconcile does not heed its cancellation; ending without it, the Lease is left to expire")]
    private partial void LogUnfinished();

    [LoggerMessage(LogLevel.Warning, "The Lease could not be released and is left to expire: {Why}")]
    private partial void LogNotReleased(string why);
}

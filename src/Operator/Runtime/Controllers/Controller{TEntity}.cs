using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Puts the objects that changes concern into a queue, and works it off: finalizer first, then reconcile or finalize; then decides, by the
/// outcome, when to look again.
/// </summary>
internal sealed partial class Controller<TEntity> : IController, IDisposable
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly Func<ILogger, string, EntityKey, long?, string, IDisposable?> ReconcileScope =
        LoggerMessage.DefineScope<string, EntityKey, long?, string>("{Controller} {Entity} generation {Generation} reconcile {ReconcileId}");

    private static readonly TimeSpan ShortestRetry = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    private readonly EntityPass<TEntity> _pass;
    private readonly ControllerBuilder<TEntity> _settings;
    private readonly IReadOnlyList<IEntityCache<TEntity>> _caches;
    private readonly RuntimeMetrics _metrics;
    private readonly ILogger _logger;
    private readonly WorkQueue<EntityKey> _queue;

    public Controller(
        string name,
        EntityPass<TEntity> pass,
        ControllerBuilder<TEntity> settings,
        InformerSet informers,
        RuntimeMetrics metrics,
        TimeProvider time,
        ILoggerFactory loggers)
    {
        Name = name;
        _pass = pass;
        _settings = settings;
        _metrics = metrics;
        _logger = loggers.CreateLogger($"Latlab.Operator.Runtime.Controller.{name}");
        _caches = [.. informers.All<TEntity>().Select(informer => informer.Cache)];
        _queue = new WorkQueue<EntityKey>(
            time,
            new ItemBackoff<EntityKey>(ShortestRetry, LongestRetry, Random.Shared.NextDouble),
            new TokenBucket(ratePerSecond: 10, burst: 100, time),
            depth => metrics.QueueDepth.WithLabels(name).Set(depth));
        Subscribe(informers);
    }

    public string Name { get; }

    public Task RunAsync(CancellationToken cancellationToken) =>
        Loops.RunTogetherAsync(Enumerable.Repeat<Func<CancellationToken, Task>>(WorkAsync, _settings.Workers), cancellationToken);

    public void Close() => _queue.Close();

    public void Dispose() => _queue.Dispose();

    private void Subscribe(InformerSet informers)
    {
        foreach (var informer in informers.All<TEntity>())
        {
            informer.Subscribe((before, after) =>
            {
                if (_settings.Filter(before, after))
                {
                    Enqueue(EntityKey.Of((after ?? before)!));
                }
            });
        }

        foreach (var watch in _settings.Watched)
        {
            watch.Subscribe(informers, Enqueue);
        }
    }

    private void Enqueue(EntityKey key)
    {
        _metrics.QueueAdds.WithLabels(Name).Inc();
        _queue.Add(key);
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var (found, key) = await _queue.GetAsync(cancellationToken);
            if (!found)
            {
                return;
            }

            try
            {
                await ProcessAsync(key, cancellationToken);
            }
            finally
            {
                _queue.Done(key);
            }
        }
    }

    private async Task ProcessAsync(EntityKey key, CancellationToken cancellationToken)
    {
        if (Find(key) is not { } cached)
        {
            // Gone: its owner references and finalizers have seen to the rest.
            _queue.Forget(key);
            return;
        }

        using var scope = ReconcileScope(_logger, Name, key, cached.Metadata.Generation, Guid.NewGuid().ToString("N")[..8]);
        using var timer = _metrics.ReconcileSeconds.WithLabels(Name).NewTimer();
        try
        {
            // A copy: what a reconciler does to its object must not show in the cache.
            Settle(key, await _pass.RunAsync(ApiJson.Copy(cached), cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            LogCancelled(Name, key);
        }
        catch (Exception exception) when (IsConflict(exception))
        {
            LogConflict(Name, key);
            Retry(key, "conflict");
        }
        catch (Exception exception)
        {
            LogFailed(Name, key, exception);
            Retry(key, "exception");
        }
    }

    private void Settle(EntityKey key, ReconciliationResult result)
    {
        _queue.Forget(key);
        if (!result.IsSuccess)
        {
            _metrics.ReconcileErrors.WithLabels(Name, "failure").Inc();
            LogFailure(Name, key, result.Reason, result.Message);
        }

        if (result.RequeueAfter is { } delay)
        {
            _queue.AddAfter(key, delay);
        }
    }

    private void Retry(EntityKey key, string kind)
    {
        _metrics.ReconcileErrors.WithLabels(Name, kind).Inc();
        _metrics.QueueRetries.WithLabels(Name).Inc();
        _queue.AddRateLimited(key);
    }

    private TEntity? Find(EntityKey key)
    {
        foreach (var cache in _caches)
        {
            if (cache.Get(key.Namespace, key.Name) is { } entity)
            {
                return entity;
            }
        }

        return null;
    }

    private static bool IsConflict(Exception exception) => exception switch
    {
        ApiException api => api.IsConflict,
        HttpOperationException http => http.Response?.StatusCode == HttpStatusCode.Conflict,
        _ => false,
    };

    [LoggerMessage(LogLevel.Error, "{Controller} failed at {Entity}; trying again after a while")]
    private partial void LogFailed(string controller, EntityKey entity, Exception exception);

    [LoggerMessage(LogLevel.Information, "{Controller} worked on an old state of {Entity}; trying again with the new one")]
    private partial void LogConflict(string controller, EntityKey entity);

    [LoggerMessage(LogLevel.Warning, "{Controller} cannot bring about what {Entity} asks for: {Reason}: {Message}")]
    private partial void LogFailure(string controller, EntityKey entity, string reason, string message);

    [LoggerMessage(LogLevel.Information, "{Controller} was stopped while it worked on {Entity}")]
    private partial void LogCancelled(string controller, EntityKey entity);
}

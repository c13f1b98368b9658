using System.Net;
using System.Text.Json;
using k8s;
using k8s.Models;
using Prometheus;

namespace Latlab.Operator.Runtime;

/// <summary>
/// Lists the objects of a kind, then follows them by watches that go on where the last one ended; lists anew only when the server no longer
/// knows that place (410 Gone). What happened meanwhile, deletions included, is found by comparing the new list with the cache.
/// </summary>
internal sealed partial class SharedInformer<TEntity> : IInformer<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>A watch that lived this long, or brought something, was a good one: the next may start at once.</summary>
    private static readonly TimeSpan GoodWatch = TimeSpan.FromSeconds(5);

    private readonly ListWatch _server;
    private readonly ChangeFeed<TEntity> _feed;
    private readonly InformerContext _context;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Gauge.Child _lastSync;
    private string? _resourceVersion;

    public SharedInformer(
        string? @namespace,
        string? labelSelector,
        IReadOnlyDictionary<string, Func<TEntity, IEnumerable<string>>> indexes,
        InformerContext context)
    {
        var kind = EntityKind.Of<TEntity>();
        Namespace = @namespace;
        Name = @namespace is null ? kind.Kind : $"{kind.Kind} in {@namespace}";
        _context = context;
        _logger = context.Loggers.CreateLogger($"Latlab.Operator.Runtime.Informer.{kind.Kind}");
        _server = new ListWatch(kind, @namespace, labelSelector, context.Connection, context.Options, context.Time);
        _lastSync = context.Metrics.InformerLastSync.WithLabels(kind.Kind, @namespace ?? "");
        _feed = new ChangeFeed<TEntity>(
            kind,
            new EntityStore<TEntity>(kind.Kind, indexes),
            _logger,
            context.Metrics.InformerObjects.WithLabels(kind.Kind, @namespace ?? ""),
            context.Metrics.InformerMalformed.WithLabels(kind.Kind, @namespace ?? ""));
    }

    public string Name { get; }

    public string? Namespace { get; }

    public Task Synced => _synced.Task;

    public IEntityCache<TEntity> Cache => _feed.Store;

    public void Subscribe(Action<TEntity?, TEntity?> handler) => _feed.Subscribe(handler);

    public Task RunAsync(CancellationToken cancellationToken) =>
        Loops.RunTogetherAsync([FollowAsync, ResyncAsync], cancellationToken);

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var failures = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = _context.Time.GetTimestamp();
            var versionBefore = _resourceVersion;
            string reason;
            try
            {
                reason = await FollowOnceAsync(cancellationToken);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (IsTransient(exception))
            {
                reason = "error";
                LogInterrupted(Name, exception.Message, failures);
            }

            _context.Metrics.WatchRestarts.WithLabels(EntityKind.Of<TEntity>().Kind, Namespace ?? "", reason).Inc();
            var wasGood = _resourceVersion is not null
                && (_context.Time.GetElapsedTime(started) >= GoodWatch || (versionBefore is not null && versionBefore != _resourceVersion));
            failures = wasGood ? 0 : failures + 1;
            if (failures > 0)
            {
                var delay = Backoff.Delay(ShortestDelay, LongestDelay, failures - 1, Random.Shared.NextDouble());
                await Task.Delay(delay, _context.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Lists, if need be, and watches until the watch ends; returns why it did.</summary>
    private async Task<string> FollowOnceAsync(CancellationToken cancellationToken)
    {
        if (_resourceVersion is null)
        {
            var list = await _server.ListAsync(cancellationToken);
            _feed.Replace(list.Items);
            _resourceVersion = list.ResourceVersion;
            NoteSync();
            if (_synced.TrySetResult())
            {
                LogSynced(Name, list.Items.Count);
            }
        }

        var opened = false;
        void Opened()
        {
            opened = true;
            NoteSync();
        }

        try
        {
            await foreach (var line in _server.WatchAsync(_resourceVersion, Opened, cancellationToken))
            {
                if (line.Type == "ERROR")
                {
                    return ListAnew(line.Object.TryGetProperty("message", out var message) ? message.GetString() : null);
                }

                if (line.Type != "BOOKMARK")
                {
                    _feed.Apply(line.Type, line.Object);
                }

                _resourceVersion = line.Object.GetProperty("metadata").GetProperty("resourceVersion").GetString();
                NoteSync();
            }

            NoteSync();
            return "timeout";
        }
        catch (TimeoutException exception) when (opened)
        {
            // As planned, too: see WatchIdleTimeout. If the connection was dead, opening the next watch will show it.
            LogIdle(Name, exception.Message);
            return "idle";
        }
        catch (ApiException exception) when (exception.StatusCode is HttpStatusCode.Gone or HttpStatusCode.BadRequest)
        {
            return ListAnew(exception.Message);
        }
    }

    private string ListAnew(string? why)
    {
        LogGone(Name, _resourceVersion, why);
        _resourceVersion = null;
        return "gone";
    }

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        // A little longer for each informer, so that they do not all come at once.
        using var timer = new PeriodicTimer(_context.Options.ResyncPeriod * (1 + (0.1 * Random.Shared.NextDouble())), _context.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                _feed.Resync();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void NoteSync() => _lastSync.Set(_context.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);

    /// <summary>What a network, a proxy or a restarting server can do to us; anything else is a defect and ends the process.</summary>
    private static bool IsTransient(Exception exception) =>
        exception is HttpRequestException or IOException or ApiException or TimeoutException or JsonException or OperationCanceledException;

    [LoggerMessage(LogLevel.Information, "Informer of {Name} has {Count} objects")]
    private partial void LogSynced(string name, int count);

    [LoggerMessage(LogLevel.Information, "Listing {Name} anew, as the server no longer knows version {ResourceVersion}: {Why}")]
    private partial void LogGone(string name, string? resourceVersion, string? why);

    [LoggerMessage(LogLevel.Debug, "Informer of {Name} watches anew: {Why}")]
    private partial void LogIdle(string name, string why);

    [LoggerMessage(LogLevel.Warning, "Informer of {Name} was interrupted and goes on: {Why} (failure {Failures} in a row)")]
    private partial void LogInterrupted(string name, string why, int failures);
}

using System.Collections.Concurrent;
using System.IO.Pipelines;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Testing;

namespace Latlab.Operator.Tests.Runtime;

/// <summary>An informer before a scripted server, under a clock that the test moves.</summary>
public sealed class SharedInformerTests : IAsyncDisposable
{
    private const string List = """{"metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"a","namespace":"n","uid":"a","resourceVersion":"7"}}]}""";

    private readonly DelayedTime _time = new();
    private readonly OperatorRuntimeOptions _options = new();
    private readonly RuntimeMetrics _metrics;
    private readonly LogRecord _log = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private ApiConnection? _connection;

    public SharedInformerTests()
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        _metrics = new RuntimeMetrics(Prometheus.Metrics.WithCustomRegistry(registry), registry);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _connection?.Dispose();
        _log.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task A_resync_passes_on_every_object_though_none_changed()
    {
        _options.WatchIdleTimeout = TimeSpan.FromDays(1);
        using var server = new ScriptedServer(request => ScriptedServer.IsWatch(request) ? OpenWatch() : ScriptedServer.Json(List));
        var resynced = new ConcurrentQueue<string>();
        var informer = Start(server, (before, after) =>
        {
            if (ReferenceEquals(before, after))
            {
                resynced.Enqueue(after!.Metadata.Name);
            }
        });
        await informer.Synced;
        await Eventually.TrueAsync(() => _time.Delays.Any(delay => delay >= _options.ResyncPeriod && delay <= 1.1 * _options.ResyncPeriod), "the resync is set");
        Assert.Empty(resynced);

        _time.Advance(1.1 * _options.ResyncPeriod);

        await Eventually.TrueAsync(() => resynced.Contains("a"), "the object was passed on");
    }

    [Fact]
    public async Task A_watch_goes_on_where_the_last_bookmark_was()
    {
        using var server = new ScriptedServer(request =>
            !ScriptedServer.IsWatch(request) ? ScriptedServer.Json(List)
            : ScriptedServer.Parameter(request, "resourceVersion") == "10"
                ? ScriptedServer.Json("""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"42"}}}""" + "\n")
                : OpenWatch());
        var changes = 0;
        var informer = Start(server, (_, _) => changes++);

        await Eventually.TrueAsync(
            () =>
            {
                // A first watch that ends at once is followed by a pause.
                _time.Advance(TimeSpan.FromSeconds(1));
                return server.Watches.Count == 2;
            },
            "the watch goes on");

        Assert.Equal(["10", "42"], server.Watches.Select(watch => ScriptedServer.Parameter(watch, "resourceVersion")));
        Assert.All(server.Watches, watch => Assert.Equal("true", ScriptedServer.Parameter(watch, "allowWatchBookmarks")));
        Assert.Equal(1, changes);
        Assert.Single(informer.Cache.List());
    }

    [Fact]
    public async Task Failures_in_a_row_are_tried_again_after_delays_that_grow_to_a_bound()
    {
        const int Failures = 12;
        using var server = new ScriptedServer(_ => throw new HttpRequestException("connection refused"));
        Start(server, (_, _) => { });
        var delays = new List<TimeSpan>();
        for (var failure = 0; failure < Failures; failure++)
        {
            var expected = failure + 1;
            await Eventually.TrueAsync(() => BackoffDelays().Count == expected, $"the informer waits after failure {expected}");
            Assert.Equal(expected, server.Requests.Count);
            delays.Add(BackoffDelays()[failure]);
            _time.Advance(delays[failure]);
        }

        for (var failure = 0; failure < Failures; failure++)
        {
            var doubled = 200 * Math.Pow(2, failure);
            Assert.InRange(delays[failure].TotalMilliseconds, Math.Min(30_000, 0.74 * doubled), Math.Min(30_000, 1.26 * doubled));
        }

        // By chance, but not by a chance that ever comes: without jitter each would be the doubled one.
        Assert.Contains(Enumerable.Range(0, 6), failure => Math.Abs(delays[failure].TotalMilliseconds - (200 * Math.Pow(2, failure))) > 0.01);
        Assert.Contains(_log.Lines, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task A_quiet_kind_s_watch_is_started_anew_as_planned_and_counts_as_up_to_date()
    {
        using var server = new ScriptedServer(request => ScriptedServer.IsWatch(request) ? OpenWatch() : ScriptedServer.Json(List));
        Start(server, (_, _) => { });
        await Eventually.TrueAsync(() => server.Watches.Count == 1 && LastSync > 0, "the first watch is open");
        var first = LastSync;
        await Eventually.TrueAsync(() => _time.Delays.Contains(_options.WatchIdleTimeout), "the time-out is set");

        _time.Advance(_options.WatchIdleTimeout);

        await Eventually.TrueAsync(() => server.Watches.Count == 2 && LastSync > first, "a second watch is open");
        Assert.Equal(first + _options.WatchIdleTimeout.TotalSeconds, LastSync, tolerance: 0.001);
        Assert.Equal(1, Restarts("idle"));
        Assert.Equal("10", ScriptedServer.Parameter(server.Watches[1], "resourceVersion"));
        Assert.Empty(BackoffDelays());
        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_a_watch_at_all_is_a_failure()
    {
        using var server = new ScriptedServer(request => ScriptedServer.IsWatch(request) ? throw new HttpRequestException("no route") : ScriptedServer.Json(List));
        Start(server, (_, _) => { });

        await Eventually.TrueAsync(() => Restarts("error") == 1, "the failure is counted");

        Assert.Contains(_log.Lines, line => line.Level == LogLevel.Warning);
    }

    private double LastSync => _metrics.InformerLastSync.WithLabels("ConfigMap", "").Value;

    private double Restarts(string reason) => _metrics.WatchRestarts.WithLabels("ConfigMap", "", reason).Value;

    private SharedInformer<V1ConfigMap> Start(ScriptedServer server, Action<V1ConfigMap?, V1ConfigMap?> handler)
    {
        _connection = new ApiConnection(new Kubernetes(ScriptedServer.Configuration, server), null, _options.RequestTimeout);
        var informer = new SharedInformer<V1ConfigMap>(
            null,
            null,
            new Dictionary<string, Func<V1ConfigMap, IEnumerable<string>>>(),
            new InformerContext(_connection, _options, _time, _metrics, _log.Factory));
        informer.Subscribe(handler);
        _running = informer.RunAsync(_stop.Token);
        return informer;
    }

    /// <summary>What the informer waited for between attempts; other timers are longer.</summary>
    private List<TimeSpan> BackoffDelays() => [.. _time.Delays.Where(delay => delay <= TimeSpan.FromSeconds(30))];

    /// <summary>A watch on which nothing comes.</summary>
    private static HttpResponseMessage OpenWatch() => new() { Content = new StreamContent(new Pipe().Reader.AsStream()) };

    /// <summary>Notes how long each timer is set for.</summary>
    private sealed class DelayedTime : FakeTimeProvider
    {
        private readonly ConcurrentQueue<TimeSpan> _delays = new();

        public IReadOnlyList<TimeSpan> Delays => [.. _delays];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _delays.Enqueue(dueTime);
            return timer;
        }
    }
}

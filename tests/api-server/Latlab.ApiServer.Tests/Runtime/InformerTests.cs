using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

public sealed partial class InformerTests(ApiServerFixture fixture)
{
    private Testing.ApiServer Server => fixture.Server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_cache_follows_what_is_created_changed_and_deleted()
    {
        await using var ns = await Server.NewNamespaceAsync();
        await CreateAsync(ns, "before");
        await using var op = await StartAsync(ns);
        Assert.NotNull(op.Cache<V1ConfigMap>().Get(ns.Name, "before"));

        await CreateAsync(ns, "during");
        await Eventually.GetAsync(() => Task.FromResult(op.Cache<V1ConfigMap>().Get(ns.Name, "during")), "the new object is in the cache");
        await Server.Client.CoreV1.PatchNamespacedConfigMapAsync(Patch("""{"data":{"x":"2"}}"""), "during", ns.Name);
        await Eventually.TrueAsync(() => op.Cache<V1ConfigMap>().Get(ns.Name, "during")?.Data?["x"] == "2", "the change is in the cache");
        await Server.Client.CoreV1.DeleteNamespacedConfigMapAsync("before", ns.Name);
        await Eventually.TrueAsync(() => op.Cache<V1ConfigMap>().Get(ns.Name, "before") is null, "the deleted object is out of the cache");
    }

    [Fact]
    public async Task Only_objects_that_the_selector_matches_are_known_and_they_come_in_pages()
    {
        await using var ns = await Server.NewNamespaceAsync();
        for (var n = 0; n < 7; n++)
        {
            await CreateAsync(ns, $"in-{n}", label: "yes");
        }

        await CreateAsync(ns, "out", label: "no");
        var lists = 0;
        await using var op = await TestOperator.StartAsync(
            Server,
            services => services.AddInformer<V1ConfigMap>(ns.Name, "wanted=yes"),
            options =>
            {
                options.ListPageSize = 3;
                options.HttpHandlers.Add(new HttpFaults(request =>
                {
                    lists += HttpFaults.IsWatch(request) ? 0 : 1;
                    return Task.FromResult<HttpResponseMessage?>(null);
                }));
            });

        Assert.Equal(7, op.Cache<V1ConfigMap>().List().Count);
        Assert.Equal(3, lists);
    }

    [Fact]
    public async Task A_watch_that_ends_goes_on_where_it_was_without_a_new_list()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var lists = 0;
        var watches = 0;
        await using var op = await StartAsync(ns, options =>
        {
            options.WatchTimeout = TimeSpan.FromSeconds(1);
            options.HttpHandlers.Add(new HttpFaults(request =>
            {
                _ = HttpFaults.IsWatch(request) ? Interlocked.Increment(ref watches) : Interlocked.Increment(ref lists);
                return Task.FromResult<HttpResponseMessage?>(null);
            }));
        });
        for (var n = 0; n < 20; n++)
        {
            await CreateAsync(ns, $"map-{n}");
        }

        await Eventually.TrueAsync(() => watches >= 4, "the server ended some watches");
        await CreateAsync(ns, "last");
        await Eventually.TrueAsync(() => op.Cache<V1ConfigMap>().Get(ns.Name, "last") is not null, "the last object is in the cache");

        Assert.Equal(1, lists);
        Assert.True(op.Metrics.WatchRestarts.WithLabels("ConfigMap", ns.Name, "timeout").Value >= 3);
        Assert.Equal(20, op.Cache<V1ConfigMap>().List().Count(map => map.Metadata.Name.StartsWith("map-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_watch_on_which_nothing_comes_is_given_up_and_started_anew()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var watches = 0;
        await using var op = await StartAsync(ns, options =>
        {
            options.WatchIdleTimeout = TimeSpan.FromSeconds(1);
            options.HttpHandlers.Add(new HttpFaults(request =>
            {
                _ = HttpFaults.IsWatch(request) ? Interlocked.Increment(ref watches) : 0;
                return Task.FromResult<HttpResponseMessage?>(null);
            }));
        });

        await Eventually.TrueAsync(() => watches >= 3, "the watch was started anew");
        await CreateAsync(ns, "later");
        await Eventually.TrueAsync(() => op.Cache<V1ConfigMap>().Get(ns.Name, "later") is not null, "the later object is in the cache");
    }

    /// <summary>Version 1 is older than the kind itself: the server says, in the watch, that it is too old.</summary>
    [Fact]
    public Task Nothing_is_lost_when_the_server_answers_a_watch_with_an_expired_error() => NothingIsLostAsync(request =>
    {
        request.RequestUri = new Uri(ResourceVersionParameter().Replace(request.RequestUri!.OriginalString, "resourceVersion=1"));
        return null;
    });

    [Fact]
    public Task Nothing_is_lost_when_a_watch_is_refused_as_gone() => NothingIsLostAsync(_ => new HttpResponseMessage(HttpStatusCode.Gone)
    {
        Content = new StringContent("""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","message":"too old","code":410}"""),
    });

    [Fact]
    public async Task An_object_that_cannot_be_read_does_not_keep_others_from_being_seen()
    {
        await using var ns = await Server.NewNamespaceAsync();
        await Server.Client.CustomObjects.CreateNamespacedCustomObjectAsync(Malformed("bad-1"), "test.latlab.dev", "v1", ns.Name, "widgets");
        await using var op = await TestOperator.StartAsync(Server, services => services.AddInformer<Widget>(ns.Name));

        await Server.Client.CustomObjects.CreateNamespacedCustomObjectAsync(Malformed("bad-2"), "test.latlab.dev", "v1", ns.Name, "widgets");
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "good"), Token);

        await Eventually.TrueAsync(() => op.Cache<Widget>().Get(ns.Name, "good") is not null, "the good object is in the cache");
        Assert.Equal("good", Assert.Single(op.Cache<Widget>().List()).Metadata.Name);
        Assert.Contains(op.Log, line => line.Contains($"Widget {ns.Name}/bad-2 cannot be read", StringComparison.Ordinal));
        Assert.True(op.Runtime.IsAlive);
    }

    [Fact]
    public async Task One_informer_serves_all_who_ask_for_the_same_objects()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var lists = 0;
        await using var op = await TestOperator.StartAsync(
            Server,
            services => services
                .AddInformer<Widget>(ns.Name, configure: i => i.Index("size", widget => [$"{widget.Spec.Size}"]))
                .AddInformer<Widget>(ns.Name, configure: i => i.Index("name", widget => [widget.Metadata.Name]))
                .AddSingleton(new WidgetReconciler((_, _) => Task.FromResult(ReconciliationResult.Success())))
                .AddController<WidgetReconciler, Widget>(),
            options => options.HttpHandlers.Add(new HttpFaults(request =>
            {
                _ = HttpFaults.IsWatch(request) ? 0 : Interlocked.Increment(ref lists);
                return Task.FromResult<HttpResponseMessage?>(null);
            })));
        Assert.Equal(1, lists);

        await op.Client.TryCreateAsync(Widget.New(ns.Name, "a", size: 7), Token);

        var cache = op.Services.GetRequiredService<IEntityCache<Widget>>();
        await Eventually.TrueAsync(() => cache.ByIndex("size", "7").Count == 1, "the object is found by one index");
        Assert.Equal("a", Assert.Single(cache.ByIndex("name", "a")).Metadata.Name);
    }

    private async Task NothingIsLostAsync(Func<HttpRequestMessage, HttpResponseMessage?> refuse)
    {
        await using var ns = await Server.NewNamespaceAsync();
        await using var other = await TestOperator.StartAsync(Server, _ => { });
        await other.Client.TryCreateAsync(Widget.New(ns.Name, "kept"), Token);
        await other.Client.TryCreateAsync(Widget.New(ns.Name, "deleted"), Token);
        var refused = 0;
        var changes = new ConcurrentQueue<string>();
        await using var op = await TestOperator.StartAsync(
            Server,
            services => services
                .AddInformer<Widget>(ns.Name)
                .AddSingleton(new WidgetReconciler((_, _) => Task.FromResult(ReconciliationResult.Success())))
                .AddController<WidgetReconciler, Widget>(c => c.Predicate((before, after) =>
                {
                    changes.Enqueue($"{before?.Metadata.Name}>{after?.Metadata.Name}");
                    return true;
                })),
            options => options.HttpHandlers.Add(new HttpFaults(async request =>
            {
                if (!HttpFaults.IsWatch(request) || Interlocked.Increment(ref refused) > 1)
                {
                    return null;
                }

                // Between the list and the watch: what happens here only a new list can tell.
                await other.Client.DeleteAsync<Widget>(ns.Name, "deleted", null, Token);
                await other.Client.TryCreateAsync(Widget.New(ns.Name, "created"), Token);
                return refuse(request);
            })));

        await Eventually.TrueAsync(() => op.Cache<Widget>().Get(ns.Name, "created") is not null, "the created object is in the cache");
        await other.Client.TryCreateAsync(Widget.New(ns.Name, "after"), Token);
        await Eventually.TrueAsync(() => changes.Contains(">after"), "the watch goes on");

        Assert.Equal([">after", ">created", ">deleted", ">kept", "deleted>"], changes.Order(StringComparer.Ordinal));
        Assert.Contains(op.Log, line => line.Contains("Listing Widget in", StringComparison.Ordinal));
        Assert.Equal(1, op.Metrics.WatchRestarts.WithLabels("Widget", ns.Name, "gone").Value);
    }

    private Task<TestOperator> StartAsync(TestNamespace ns, Action<OperatorRuntimeOptions>? configure = null) =>
        TestOperator.StartAsync(Server, services => services.AddInformer<V1ConfigMap>(ns.Name, "wanted=yes"), configure);

    private Task<V1ConfigMap> CreateAsync(TestNamespace ns, string name, string label = "yes") => Server.Client.CoreV1.CreateNamespacedConfigMapAsync(
        new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["wanted"] = label } },
            Data = new Dictionary<string, string> { ["x"] = "1" },
        },
        ns.Name);

    private static V1Patch Patch(string json) => new(json, V1Patch.PatchType.MergePatch);

    private static object Malformed(string name) =>
        new { apiVersion = "test.latlab.dev/v1", kind = "Widget", metadata = new { name }, spec = new { size = "not a number" } };

    [GeneratedRegex("resourceVersion=[0-9]+")]
    private static partial Regex ResourceVersionParameter();
}

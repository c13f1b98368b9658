using System.Net;
using k8s;
using k8s.Models;
using Latlab.Crds.Conditions;
using Latlab.Operator.Runtime;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

public sealed class EntityClientTests(ApiServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Objects_of_the_core_group_and_of_custom_kinds_are_created_read_and_deleted()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();

        Assert.Null(await op.Client.GetAsync<Widget>(ns.Name, "w", Token));
        var widget = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w", size: 3), Token);
        var map = await op.Client.TryCreateAsync(Map(ns), Token);
        Assert.Null(await op.Client.TryCreateAsync(Map(ns), Token));
        Assert.Equal(3, (await op.Client.GetAsync<Widget>(ns.Name, "w", Token))!.Spec.Size);

        await op.Client.DeleteAsync<Widget>(ns.Name, "w", "another-uid", Token);
        Assert.NotNull(await op.Client.GetAsync<Widget>(ns.Name, "w", Token));
        await op.Client.DeleteAsync<Widget>(ns.Name, "w", widget!.Metadata.Uid, Token);
        await op.Client.DeleteAsync<Widget>(ns.Name, "w", widget.Metadata.Uid, Token);
        await op.Client.DeleteAsync<V1ConfigMap>(ns.Name, "map", map!.Metadata.Uid, Token, gracePeriodSeconds: 0);

        Assert.Null(await op.Client.GetAsync<Widget>(ns.Name, "w", Token));
        Assert.Null(await op.Client.GetAsync<V1ConfigMap>(ns.Name, "map", Token));
    }

    [Fact]
    public async Task All_objects_are_listed_page_by_page_as_they_are_now()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync(options => options.ListPageSize = 2);
        Assert.Empty(await op.Client.ListAsync<Widget>(ns.Name, Token));
        foreach (var i in Enumerable.Range(1, 5))
        {
            await op.Client.TryCreateAsync(Widget.New(ns.Name, $"w{i}", size: i), Token);
        }

        var listed = await op.Client.ListAsync<Widget>(ns.Name, Token);

        Assert.Equal([1, 2, 3, 4, 5], listed.Select(w => w.Spec.Size).Order());
    }

    [Fact]
    public async Task Applying_makes_an_object_and_gives_up_what_is_no_longer_wished()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var map = Map(ns);
        map.Data = new Dictionary<string, string> { ["ours"] = "1", ["ours-too"] = "2" };
        await op.Client.ApplyAsync(map, Token);
        await fixture.Server.Client.CoreV1.PatchNamespacedConfigMapAsync(
            new V1Patch("""{"data":{"theirs":"3"}}""", V1Patch.PatchType.MergePatch), "map", ns.Name);

        map.Data.Remove("ours-too");
        var applied = await op.Client.ApplyAsync(map, Token);

        Assert.Equal(["ours=1", "theirs=3"], applied.Data.Select(entry => $"{entry.Key}={entry.Value}").Order());
    }

    [Fact]
    public async Task Applying_to_an_object_by_its_uid_neither_makes_it_anew_nor_changes_its_successor()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var first = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await op.Client.DeleteAsync<Widget>(ns.Name, "w", null, Token);
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => op.Client.ApplyAsync(first!, Token))).IsConflict);
        Assert.Null(await op.Client.GetAsync<Widget>(ns.Name, "w", Token));

        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w", size: 2), Token);

        await Assert.ThrowsAsync<ApiException>(() => op.Client.ApplyAsync(first!, Token));
        Assert.Equal(2, (await op.Client.GetAsync<Widget>(ns.Name, "w", Token))!.Spec.Size);
    }

    [Fact]
    public async Task Writing_an_old_state_is_a_conflict()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var old = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        var current = ApiJson.Copy(old!);
        current.Spec = new WidgetSpec { Size = 2 };
        await op.Client.ReplaceAsync(current, Token);

        old!.Status = new WidgetStatus { ObservedGeneration = 1 };

        Assert.True((await Assert.ThrowsAsync<ApiException>(() => op.Client.UpdateStatusAsync(old, Token))).IsConflict);
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => op.Client.ReplaceAsync(old, Token))).IsConflict);
        Assert.True((await Assert.ThrowsAsync<ApiException>(() => op.Client.AddFinalizerAsync(old, "a.b/c", Token))).IsConflict);
    }

    [Fact]
    public async Task Finalizers_are_added_and_removed_and_an_object_that_is_gone_is_none()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var widget = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);

        widget = await op.Client.AddFinalizerAsync(widget!, "a.b/one", Token);
        widget = await op.Client.AddFinalizerAsync(widget!, "a.b/two", Token);
        Assert.Same(widget, await op.Client.AddFinalizerAsync(widget!, "a.b/two", Token));
        widget = await op.Client.RemoveFinalizerAsync(widget!, "a.b/one", Token);
        Assert.Equal(["a.b/two"], widget!.Metadata.Finalizers);
        var last = await op.Client.RemoveFinalizerAsync(widget, "a.b/two", Token);
        Assert.Null(last!.Metadata.Finalizers);
        await op.Client.DeleteAsync<Widget>(ns.Name, "w", null, Token);

        Assert.Null(await op.Client.AddFinalizerAsync(last, "a.b/one", Token));
        Assert.Null(await op.Client.RemoveFinalizerAsync(widget, "a.b/two", Token));
    }

    [Fact]
    public async Task A_finalizer_is_removed_whatever_else_changed_and_others_finalizers_stay()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var widget = Widget.New(ns.Name, "w");
        widget.Metadata.Finalizers = ["a.b/one", "a.b/two"];
        var old = (await op.Client.TryCreateAsync(widget, Token))!;
        var current = ApiJson.Copy(old);
        current.Status = new WidgetStatus { ObservedGeneration = 1 };
        current = await op.Client.UpdateStatusAsync(current, Token);
        // Another order, and one more: the place of ours is not what it was.
        current.Metadata.Finalizers = ["a.b/new", "a.b/two", "a.b/one"];
        await op.Client.ReplaceAsync(current, Token);

        var left = await op.Client.RemoveFinalizerAsync(old, "a.b/one", Token);

        Assert.Equal(["a.b/new", "a.b/two"], left!.Metadata.Finalizers);
        Assert.Equal(1, left.Status!.ObservedGeneration);
        Assert.Equal(["a.b/new", "a.b/two"], (await op.Client.RemoveFinalizerAsync(old, "a.b/one", Token))!.Metadata.Finalizers);
        await op.Client.RemoveFinalizerAsync(left, "a.b/new", Token);
        await op.Client.RemoveFinalizerAsync(left, "a.b/two", Token);
    }

    [Fact]
    public async Task A_finalizer_of_an_object_s_successor_is_left_alone()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var widget = Widget.New(ns.Name, "w");
        var first = ApiJson.Copy((await op.Client.TryCreateAsync(widget, Token))!);
        first.Metadata.Finalizers = ["a.b/one"];
        await op.Client.DeleteAsync<Widget>(ns.Name, "w", null, Token);
        widget.Metadata.Finalizers = ["a.b/one"];
        var second = (await op.Client.TryCreateAsync(widget, Token))!;

        Assert.Null(await op.Client.RemoveFinalizerAsync(first, "a.b/one", Token));

        Assert.Equal(["a.b/one"], (await op.Client.GetAsync<Widget>(ns.Name, "w", Token))!.Metadata.Finalizers);
        await op.Client.RemoveFinalizerAsync(second, "a.b/one", Token);
    }

    [Fact]
    public async Task A_lease_with_times_of_whole_seconds_is_accepted()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        await using var op = await StartAsync();
        var time = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);

        var lease = await op.Client.TryCreateAsync(
            new V1Lease
            {
                Metadata = new V1ObjectMeta { Name = "l", NamespaceProperty = ns.Name },
                Spec = new V1LeaseSpec { HolderIdentity = "run", AcquireTime = time, RenewTime = time, LeaseDurationSeconds = 10 },
            },
            Token);

        Assert.Equal(time, lease!.Spec.RenewTime);
    }

    [Fact]
    public async Task A_refusal_says_what_was_asked_and_why_it_was_refused()
    {
        await using var op = await StartAsync();

        var exception = await Assert.ThrowsAsync<ApiException>(() => op.Client.TryCreateAsync(Widget.New("no-such-namespace", "w"), Token));

        Assert.Equal(HttpStatusCode.NotFound, exception.StatusCode);
        Assert.Contains("POST apis/test.latlab.dev/v1/namespaces/no-such-namespace/widgets", exception.Message, StringComparison.Ordinal);
    }

    private Task<TestOperator> StartAsync(Action<OperatorRuntimeOptions>? configure = null) =>
        TestOperator.StartAsync(fixture.Server, _ => { }, configure);

    private static Widget With(Widget widget, string condition, ConditionStatus status)
    {
        var copy = ApiJson.Copy(widget);
        copy.Status = new WidgetStatus
        {
            Conditions = new List<Condition>().With(condition, status, "Test", "by the test", 1, DateTimeOffset.UtcNow),
        };
        return copy;
    }

    private static V1ConfigMap Map(TestNamespace ns) => new() { Metadata = new V1ObjectMeta { Name = "map", NamespaceProperty = ns.Name } };
}

using System.Collections.Concurrent;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

public sealed class ControllerTests(ApiServerFixture fixture)
{
    private static readonly Task<ReconciliationResult> Done = Task.FromResult(ReconciliationResult.Success());

    private Testing.ApiServer Server => fixture.Server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thousand_objects_created_at_once_are_all_reconciled_and_none_twice_at_once()
    {
        const int Count = 1000;
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler(async (_, _) =>
        {
            await Task.Yield();
            return ReconciliationResult.Success();
        });
        await using var op = await StartAsync(ns, reconciler, c => c.MaxConcurrency(8));

        await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (n, token) =>
        {
            var widget = await op.Client.TryCreateAsync(Widget.New(ns.Name, $"w-{n}"), token);
            widget!.Spec = new WidgetSpec { Size = 2 };
            await op.Client.ReplaceAsync(widget, token);
        });

        await Eventually.TrueAsync(() => reconciler.Passes.Count == Count, "every object was reconciled");
        Assert.Equal(0, reconciler.Overlaps);
    }

    [Fact]
    public async Task An_object_that_always_fails_is_retried_and_does_not_starve_others()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((widget, _) =>
            widget.Metadata.Name == "broken" ? throw new InvalidOperationException("it always fails") : Done);
        await using var op = await StartAsync(ns, reconciler);

        await op.Client.TryCreateAsync(Widget.New(ns.Name, "broken"), Token);
        for (var n = 0; n < 50; n++)
        {
            await op.Client.TryCreateAsync(Widget.New(ns.Name, $"good-{n}"), Token);
        }

        await Eventually.TrueAsync(() => reconciler.Passes.Keys.Count(name => name != "broken") == 50, "every other object was reconciled");
        await Eventually.TrueAsync(() => reconciler.PassesOf("broken") >= 5, "the broken one was retried");
        // Delays that double allow a dozen in a minute; retried at once, there would be thousands.
        Assert.InRange(reconciler.PassesOf("broken"), 5, 30);
        Assert.Contains(op.Log, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains("it always fails", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_conflict_is_retried_with_the_new_state_and_is_no_error_in_the_log()
    {
        await using var ns = await Server.NewNamespaceAsync();
        TestOperator? running = null;
        var interfered = 0;
        var reconciler = new WidgetReconciler(async (widget, token) =>
        {
            if (Interlocked.Increment(ref interfered) == 1)
            {
                await running!.Client.ReplaceAsync(widget, token);
                var other = await running.Client.GetAsync<Widget>(ns.Name, "w", token);
                other!.Spec = new WidgetSpec { Size = 5 };
                await running.Client.ReplaceAsync(other, token);
            }

            widget.Status = new WidgetStatus { ObservedGeneration = widget.Metadata.Generation };
            await running!.Client.UpdateStatusAsync(widget, token);
            return ReconciliationResult.Success();
        });
        await using var op = await StartAsync(ns, reconciler);
        running = op;

        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);

        await Eventually.TrueAsync(
            async () => await op.Client.GetAsync<Widget>(ns.Name, "w", Token) is { Status.ObservedGeneration: { } seen } widget
                && seen == widget.Metadata.Generation && widget.Spec.Size == 5,
            "the status is that of the new state");
        // One, and one more for each retry that came before the watch had brought the new state: on a busy machine that happens.
        // The delays double, which allows about fourteen in a minute; retried at once, there would be hundreds.
        Assert.InRange(op.Metrics.Conflicts.Value, 1, 15);
        await Eventually.TrueAsync(
            () => op.Metrics.Conflicts.Value == op.Metrics.ReconcileErrors.WithLabels(nameof(WidgetReconciler), "conflict").Value, "each is counted as a conflict");
        Assert.Contains(op.Log, line => line.StartsWith("Information: WidgetReconciler worked on an old state", StringComparison.Ordinal));
        Assert.DoesNotContain(op.Log, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_not_retried_before_the_object_changes()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((widget, _) => widget.Spec.Size == 1
            ? Task.FromResult(ReconciliationResult.Failure("TooSmall", "size 1 is too small; use 2"))
            : Done);
        await using var op = await StartAsync(ns, reconciler);
        var widget = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 1, "the first pass was made");
        // Another object goes through all of the queue after it: had the failed one been queued again at once, it would have come by then.
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "other", size: 2), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("other") == 1, "the other object was reconciled");
        Assert.Equal(1, reconciler.PassesOf("w"));
        Assert.Contains(op.Log, line => line.Contains("TooSmall: size 1 is too small", StringComparison.Ordinal));

        widget!.Spec = new WidgetSpec { Size = 2 };
        await op.Client.ReplaceAsync(widget, Token);

        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 2, "the changed object was reconciled");
    }

    [Fact]
    public async Task A_success_with_a_time_to_look_again_is_looked_at_again()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Task.FromResult(ReconciliationResult.Success(TimeSpan.FromMilliseconds(20))));
        await using var op = await StartAsync(ns, reconciler);

        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);

        await Eventually.TrueAsync(() => reconciler.PassesOf("w") >= 3, "it was looked at again and again");
    }

    [Fact]
    public async Task What_a_reconciler_does_to_its_object_does_not_show_in_the_cache()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((widget, _) =>
        {
            widget.Spec = new WidgetSpec { Size = 99 };
            return Done;
        });
        await using var op = await StartAsync(ns, reconciler);

        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 1, "it was reconciled");

        Assert.Equal(1, op.Cache<Widget>().Get(ns.Name, "w")!.Spec.Size);
    }

    [Fact]
    public async Task Changes_that_the_predicate_rejects_start_no_reconcile()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Done);
        await using var op = await StartAsync(
            ns, reconciler, c => c.Predicate((before, after) => before?.Metadata.Generation != after?.Metadata.Generation));
        var widget = await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 1, "the new object was reconciled");

        widget!.Status = new WidgetStatus { ObservedGeneration = 1 };
        widget = await op.Client.UpdateStatusAsync(widget, Token);
        await Eventually.TrueAsync(() => op.Cache<Widget>().Get(ns.Name, "w")?.Status is not null, "the status is in the cache");
        Assert.Equal(1, reconciler.PassesOf("w"));
        widget.Spec = new WidgetSpec { Size = 2 };
        await op.Client.ReplaceAsync(widget, Token);

        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 2, "the new spec was reconciled");
    }

    [Fact]
    public async Task A_finalizer_s_own_change_that_the_predicate_rejects_does_not_keep_the_object_from_its_reconcile()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Done);
        var finalizer = new BlockingFinalizer();
        await using var op = await TestOperator.StartAsync(Server, services => services
            .AddInformer<Widget>(ns.Name)
            .AddSingleton(reconciler)
            .AddSingleton(finalizer)
            .AddController<WidgetReconciler, Widget>(c => c
                .Predicate((before, after) => before?.Metadata.Generation != after?.Metadata.Generation)
                .Finalizer<BlockingFinalizer>()));
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 1, "the new object was reconciled");
        Assert.NotEmpty((await op.Client.GetAsync<Widget>(ns.Name, "w", Token))!.Metadata.Finalizers);
    }

    [Fact]
    public async Task A_change_or_deletion_of_an_owned_object_reconciles_its_owner()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Done);
        await using var op = await StartAsync(ns, reconciler, c => c.Owns<V1ConfigMap>());
        var owner = await op.Client.TryCreateAsync(Widget.New(ns.Name, "owner"), Token);
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "bystander"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("owner") == 1 && reconciler.PassesOf("bystander") == 1, "both were reconciled");

        var owned = await op.Client.TryCreateAsync(OwnedBy(owner!), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("owner") == 2, "the owned object's creation reconciled its owner");
        await op.Client.DeleteAsync<V1ConfigMap>(ns.Name, "owned", owned!.Metadata.Uid, Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("owner") == 3, "the owned object's deletion reconciled its owner");

        Assert.Equal(1, reconciler.PassesOf("bystander"));
    }

    [Fact]
    public async Task A_watched_object_reconciles_whom_it_names_and_whom_it_named_before()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Done);
        await using var op = await StartAsync(ns, reconciler, c => c.Watches<V1ConfigMap>((map, _) => [new EntityKey(ns.Name, map.Data["widget"])]));
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "a"), Token);
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "b"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("a") == 1 && reconciler.PassesOf("b") == 1, "both were reconciled");

        var map = await op.Client.TryCreateAsync(Naming(ns, "a"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("a") == 2, "the named one was reconciled");
        map!.Data["widget"] = "b";
        await op.Client.ReplaceAsync(map, Token);

        await Eventually.TrueAsync(() => reconciler.PassesOf("a") == 3 && reconciler.PassesOf("b") == 2, "old and new one were reconciled");
    }

    [Fact]
    public async Task Finalizers_are_set_before_the_first_reconcile_and_run_before_the_object_goes()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var withoutFinalizer = 0;
        var reconciler = new WidgetReconciler((widget, _) =>
        {
            withoutFinalizer += widget.HasFinalizer(BlockingFinalizer.FinalizerName) ? 0 : 1;
            return Done;
        });
        var finalizer = new BlockingFinalizer();
        await using var op = await TestOperator.StartAsync(Server, services => services
            .AddInformer<Widget>(ns.Name)
            .AddSingleton(reconciler)
            .AddSingleton(finalizer)
            .AddController<WidgetReconciler, Widget>(c => c.Finalizer<BlockingFinalizer>()));
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") >= 1, "it was reconciled");
        Assert.Equal(0, withoutFinalizer);

        await op.Client.DeleteAsync<Widget>(ns.Name, "w", null, Token);
        await Eventually.TrueAsync(() => finalizer.Calls >= 2, "the finalizer was asked again while it was not done");
        Assert.NotNull(await op.Client.GetAsync<Widget>(ns.Name, "w", Token));
        finalizer.MayGo = true;

        await Eventually.TrueAsync(async () => await op.Client.GetAsync<Widget>(ns.Name, "w", Token) is null, "the object is gone");
        await Eventually.TrueAsync(() => op.Cache<Widget>().Get(ns.Name, "w") is null, "it is gone from the cache");
    }

    [Fact]
    public async Task A_finalizer_that_writes_a_status_runs_once()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Done);
        await using var op = await TestOperator.StartAsync(Server, services => services
            .AddInformer<Widget>(ns.Name)
            .AddSingleton(reconciler)
            .AddController<WidgetReconciler, Widget>(c => c.Predicate(Changes.OfWish).Finalizer<StatusFinalizer>()));
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 1, "it was reconciled");

        await op.Client.DeleteAsync<Widget>(ns.Name, "w", null, Token);

        await Eventually.TrueAsync(async () => await op.Client.GetAsync<Widget>(ns.Name, "w", Token) is null, "the object is gone");
        Assert.Equal(1, op.Services.GetRequiredService<StatusFinalizer>().Calls);
        Assert.Equal(0, op.Metrics.Conflicts.Value);
    }

    [Fact]
    public async Task Without_a_registered_finalizer_an_object_that_is_being_deleted_is_reconciled()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var deleting = new ConcurrentQueue<string>();
        TestOperator? running = null;
        var reconciler = new WidgetReconciler(async (widget, token) =>
        {
            if (widget.Metadata.DeletionTimestamp is not null)
            {
                deleting.Enqueue(widget.Metadata.Name);
                await running!.Client.RemoveFinalizerAsync(widget, "test.latlab.dev/own", token);
            }

            return ReconciliationResult.Success();
        });
        await using var op = await StartAsync(ns, reconciler);
        running = op;
        var widget = Widget.New(ns.Name, "w");
        widget.Metadata.Finalizers = ["test.latlab.dev/own"];
        await op.Client.TryCreateAsync(widget, Token);

        await op.Client.DeleteAsync<Widget>(ns.Name, "w", null, Token);

        await Eventually.TrueAsync(async () => await op.Client.GetAsync<Widget>(ns.Name, "w", Token) is null, "the object is gone");
        Assert.Contains("w", deleting);
    }

    [Fact]
    public async Task A_graceful_stop_finishes_the_running_reconcile_and_starts_no_other()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var started = new TaskCompletionSource();
        var proceed = new TaskCompletionSource();
        var reconciler = new WidgetReconciler(async (_, token) =>
        {
            started.TrySetResult();
            await proceed.Task.WaitAsync(token);
            return ReconciliationResult.Success(TimeSpan.Zero);
        });
        var op = await StartAsync(ns, reconciler, c => c.MaxConcurrency(3));
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "a"), Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
        var stopping = op.StopAsync();
        await Eventually.TrueAsync(() => op.Stopping.IsCancellationRequested, "the stop began");
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "b"), Token);
        await Eventually.TrueAsync(() => op.Cache<Widget>().List().Count == 2, "both objects are known");
        proceed.SetResult();
        await stopping;

        Assert.Equal(1, reconciler.PassesOf("a"));
        Assert.Equal(0, reconciler.PassesOf("b"));
        Assert.Null(op.Runtime.Failure);
        await op.DisposeAsync();
    }

    [Fact]
    public async Task A_reconcile_that_does_not_finish_in_time_is_cancelled_at_the_stop()
    {
        await using var ns = await Server.NewNamespaceAsync();
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var reconciler = new WidgetReconciler(async (_, token) =>
        {
            started.TrySetResult();
            await using var registration = token.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return ReconciliationResult.Success();
        });
        var op = await StartAsync(ns, reconciler, runtime: options => options.StopDeadline = TimeSpan.FromMilliseconds(100));
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "a"), Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

        await op.StopAsync();

        Assert.True(cancelled.Task.IsCompleted);
        Assert.DoesNotContain(op.Log, line => line.StartsWith("Error", StringComparison.Ordinal));
        await op.DisposeAsync();
    }

    private Task<TestOperator> StartAsync(
        TestNamespace ns,
        WidgetReconciler reconciler,
        Action<ControllerBuilder<Widget>>? configure = null,
        Action<OperatorRuntimeOptions>? runtime = null) => TestOperator.StartAsync(
            Server,
            services => services
                .AddInformer<Widget>(ns.Name)
                .AddInformer<V1ConfigMap>(ns.Name, "watched=yes")
                .AddSingleton(reconciler)
                .AddController<WidgetReconciler, Widget>(configure),
            runtime);

    private static V1ConfigMap OwnedBy(Widget owner) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "owned",
            NamespaceProperty = owner.Metadata.NamespaceProperty,
            Labels = new Dictionary<string, string> { ["watched"] = "yes" },
            OwnerReferences = [new V1OwnerReference { ApiVersion = owner.ApiVersion, Kind = owner.Kind, Name = owner.Metadata.Name, Uid = owner.Metadata.Uid, Controller = true }],
        },
    };

    private static V1ConfigMap Naming(TestNamespace ns, string widget) => new()
    {
        Metadata = new V1ObjectMeta { Name = "map", NamespaceProperty = ns.Name, Labels = new Dictionary<string, string> { ["watched"] = "yes" } },
        Data = new Dictionary<string, string> { ["widget"] = widget },
    };
}

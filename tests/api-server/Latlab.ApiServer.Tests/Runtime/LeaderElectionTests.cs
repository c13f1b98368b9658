using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Leases of seconds: beside tests that keep the server busy they would be lost for want of an answer.</summary>
[Collection(nameof(RunsAlone))]
public sealed class LeaderElectionTests(ApiServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_leader_reconciles_and_a_standby_is_ready_and_warm()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var first = new Replica();
        var second = new Replica();
        await using var leader = await StartAsync(ns, first);
        await LeadsAsync(leader);
        await using var standby = await StartAsync(ns, second);

        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);

        await Eventually.TrueAsync(() => first.Reconciler.PassesOf("w") >= 1, "the leader reconciled");
        await Eventually.TrueAsync(() => standby.Cache<Widget>().Get(ns.Name, "w") is not null, "the standby knows the object");
        Assert.Equal(0, second.Reconciler.PassesOf("w"));
        Assert.False(standby.Leadership.IsLeading);
        Assert.True(standby.Runtime.IsAlive);
        await Assert.ThrowsAsync<NotLeadingException>(() => standby.Client.TryCreateAsync(Widget.New(ns.Name, "x"), Token));
    }

    [Fact]
    public async Task A_graceful_stop_hands_the_lease_over_before_it_expires()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var second = new Replica();
        // Long enough that the test would time out if the standby had to wait for it.
        void Slow(OperatorRuntimeOptions options) =>
            (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod) = (TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(5), TimeSpan.FromMilliseconds(200));
        var leader = await StartAsync(ns, new Replica(), Slow);
        await LeadsAsync(leader);
        await using var standby = await StartAsync(ns, second, Slow);
        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        Assert.Equal((1, 0), (leader.Metrics.Leader.Value, standby.Metrics.Leader.Value));

        await leader.StopAsync();

        Assert.Null(leader.Runtime.Failure);
        Assert.False(leader.Leadership.IsLeading);
        await LeadsAsync(standby);
        await Eventually.TrueAsync(() => (leader.Metrics.Leader.Value, standby.Metrics.Leader.Value) == (0, 1), "the metrics say who leads");
        await Eventually.TrueAsync(() => second.Reconciler.PassesOf("w") >= 1, "the new leader reconciles what was there before");
        Assert.Equal(standby.Identity, (await LeaseAsync(ns)).Spec.HolderIdentity);
        await leader.DisposeAsync();
    }

    [Fact]
    public async Task A_killed_leader_s_lease_is_taken_over_after_it_expired_and_not_before()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var first = new Replica();
        var second = new Replica();
        var leader = await StartAsync(ns, first);
        await LeadsAsync(leader);
        await using var standby = await StartAsync(ns, second);
        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => first.Reconciler.PassesOf("w") >= 1, "the leader reconciled");

        leader.Kill();
        var abandoned = await LeaseAsync(ns);
        await LeadsAsync(standby);
        var taken = await LeaseAsync(ns);

        Assert.NotEqual(standby.Identity, abandoned.Spec.HolderIdentity);
        Assert.Equal(standby.Identity, taken.Spec.HolderIdentity);
        Assert.Equal(abandoned.Spec.LeaseTransitions + 1, taken.Spec.LeaseTransitions);
        Assert.True(taken.Spec.AcquireTime >= abandoned.Spec.RenewTime + TimeSpan.FromSeconds(abandoned.Spec.LeaseDurationSeconds!.Value));
        await Eventually.TrueAsync(() => second.Reconciler.PassesOf("w") >= 1, "the new leader reconciles what was there before");
        Assert.Equal(0, Replica.Together(first, second));
    }

    [Fact]
    public async Task Losing_the_lease_stops_reconciles_and_ends_the_process_with_an_error()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var (replica, started, cancelled) = Stuck();
        await using var leader = await StartAsync(ns, replica);
        await LeadsAsync(leader);
        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await started.WaitAsync(TimeSpan.FromSeconds(60), Token);

        await fixture.Server.Client.CoordinationV1.PatchNamespacedLeaseAsync(
            new V1Patch("""{"spec":{"holderIdentity":"somebody-else"}}""", V1Patch.PatchType.MergePatch), "lease", ns.Name);

        await cancelled.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await Eventually.TrueAsync(() => leader.Stopping.IsCancellationRequested, "the process stops");
        Assert.IsType<NotLeadingException>(leader.Runtime.Failure);
        Assert.False(leader.Leadership.IsLeading);
        Assert.Equal("somebody-else", (await LeaseAsync(ns)).Spec.HolderIdentity);
    }

    [Fact]
    public async Task Losing_the_lease_while_stopping_stops_the_reconcile_that_the_stop_waits_for()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var (replica, started, cancelled) = Stuck();
        await using var leader = await StartAsync(ns, replica, options => options.StopDeadline = TimeSpan.FromHours(1));
        await LeadsAsync(leader);
        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await started.WaitAsync(TimeSpan.FromSeconds(60), Token);
        var stopping = leader.StopAsync();
        await Eventually.TrueAsync(() => leader.Stopping.IsCancellationRequested, "the stop began");
        Assert.False(cancelled.IsCompleted);

        await fixture.Server.Client.CoordinationV1.PatchNamespacedLeaseAsync(
            new V1Patch("""{"spec":{"holderIdentity":"somebody-else"}}""", V1Patch.PatchType.MergePatch), "lease", ns.Name);

        await cancelled.WaitAsync(TimeSpan.FromSeconds(20), Token);
        await stopping;
        Assert.Equal("somebody-else", (await LeaseAsync(ns)).Spec.HolderIdentity);
    }

    [Fact]
    public async Task A_replica_that_cannot_have_a_lease_says_so_once_with_the_remedy()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var attempts = 0;
        await using var op = await StartAsync(ns, new Replica(), options =>
        {
            options.LeaseNamespace = "no-such-namespace";
            options.HttpHandlers.Add(new HttpFaults(request =>
            {
                _ = request.Method == HttpMethod.Post ? Interlocked.Increment(ref attempts) : 0;
                return Task.FromResult<HttpResponseMessage?>(null);
            }));
        });

        await Eventually.TrueAsync(() => attempts >= 4, "it tried some times");

        var line = Assert.Single(op.Log, line => line.Contains("Lease", StringComparison.Ordinal));
        Assert.StartsWith("Error", line, StringComparison.Ordinal);
        Assert.Contains("create the namespace no-such-namespace, or name another one by --lease-namespace", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_reconciles_told_is_told_before_the_lease_is_released_and_reconciles_do_not_wait_for_it()
    {
        const int Events = 5;
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var mayTell = new TaskCompletionSource();
        TestOperator? running = null;
        var reconciler = new WidgetReconciler((widget, _) =>
        {
            for (var n = 0; n < Events; n++)
            {
                running!.Services.GetRequiredService<IEventPublisher>().Publish(widget, EventType.Normal, "Told", $"message {n}");
            }

            return Task.FromResult(ReconciliationResult.Success());
        });
        var leader = await StartAsync(ns, reconciler, options => options.HttpHandlers.Add(new HttpFaults(async request =>
        {
            if (request.RequestUri!.AbsolutePath.Contains("/events/", StringComparison.Ordinal))
            {
                await mayTell.Task;
            }

            return null;
        })));
        running = leader;
        await LeadsAsync(leader);
        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") == 1, "the pass ended though no event could be sent");

        var stopping = leader.StopAsync();
        await Eventually.TrueAsync(() => leader.Stopping.IsCancellationRequested, "the stop began");
        mayTell.SetResult();
        await stopping;

        var told = await fixture.Server.Client.CoreV1.ListNamespacedEventAsync(ns.Name, fieldSelector: "reason=Told");
        Assert.Equal(Events, told.Items.Count);
        Assert.Equal(0, leader.Metrics.EventsFailed.Value);
        Assert.Equal("", (await LeaseAsync(ns)).Spec.HolderIdentity ?? "");
        await leader.DisposeAsync();
    }

    [Fact]
    public async Task Of_many_replicas_that_come_and_go_never_two_reconcile_together()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var replicas = Enumerable.Range(0, 4).Select(_ => new Replica()).ToArray();
        var operators = new List<TestOperator>();
        foreach (var replica in replicas)
        {
            operators.Add(await StartAsync(ns, replica));
        }

        for (var round = 0; round < replicas.Length; round++)
        {
            var leader = await Eventually.GetAsync(() => Task.FromResult(operators.Find(op => op.Leadership.IsLeading)), "somebody leads");
            Assert.Single(operators, op => op.Leadership.IsLeading);
            await leader.Client.TryCreateAsync(Widget.New(ns.Name, $"w-{round}"), Token);
            var expected = round + 1;
            await Eventually.TrueAsync(
                () => replicas.Any(replica => Enumerable.Range(0, expected).All(n => replica.Reconciler.PassesOf($"w-{n}") > 0)), "the leader reconciled all");
            if (round % 2 == 0)
            {
                leader.Kill();
            }
            else
            {
                await leader.DisposeAsync();
            }

            operators.Remove(leader);
        }

        Assert.Equal(0, Replica.Together(replicas));
    }

    private Task<TestOperator> StartAsync(TestNamespace ns, Replica replica, Action<OperatorRuntimeOptions>? configure = null) =>
        StartAsync(ns, replica.Reconciler, configure);

    private Task<TestOperator> StartAsync(TestNamespace ns, WidgetReconciler reconciler, Action<OperatorRuntimeOptions>? configure = null) =>
        TestOperator.StartAsync(
            fixture.Server,
            services => services.AddInformer<Widget>(ns.Name).AddSingleton(reconciler).AddController<WidgetReconciler, Widget>(c => c.MaxConcurrency(2)),
            options =>
            {
                options.LeaderElection = true;
                options.LeaseName = "lease";
                options.LeaseNamespace = ns.Name;
                (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod) =
                    (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(200));
                configure?.Invoke(options);
            });

    private static Task LeadsAsync(TestOperator op) => Eventually.TrueAsync(() => op.Leadership.IsLeading, "the replica leads");

    private Task<V1Lease> LeaseAsync(TestNamespace ns) => fixture.Server.Client.CoordinationV1.ReadNamespacedLeaseAsync("lease", ns.Name);

    /// <summary>A replica whose reconcile ends only when it is cancelled; completes when it has begun, and when it was.</summary>
    private static (Replica Replica, Task Started, Task Cancelled) Stuck()
    {
        var started = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        var replica = new Replica(async token =>
        {
            started.TrySetResult();
            await using var registration = token.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        return (replica, started.Task, cancelled.Task);
    }

    /// <summary>A replica's reconciler, which reconciles all the time, and when it did.</summary>
    private sealed class Replica
    {
        private readonly List<(long From, long To)> _passes = [];

        public Replica(Func<CancellationToken, Task>? work = null) => Reconciler = new WidgetReconciler(async (_, token) =>
        {
            var from = TimeProvider.System.GetTimestamp();
            await (work?.Invoke(token) ?? Task.CompletedTask);
            lock (_passes)
            {
                _passes.Add((from, TimeProvider.System.GetTimestamp()));
            }

            return ReconciliationResult.Success(TimeSpan.FromMilliseconds(10));
        });

        public WidgetReconciler Reconciler { get; }

        /// <summary>How many of the replicas' times of reconciling, from the first pass to the last, overlap.</summary>
        public static int Together(params Replica[] replicas)
        {
            var terms = replicas.Select(replica => replica.Passes())
                .Where(passes => passes.Length > 0)
                .Select(passes => (From: passes.Min(pass => pass.From), To: passes.Max(pass => pass.To)))
                .OrderBy(term => term.From)
                .ToList();
            return terms.Zip(terms.Skip(1)).Count(pair => pair.Second.From < pair.First.To);
        }

        private (long From, long To)[] Passes()
        {
            lock (_passes)
            {
                return [.. _passes];
            }
        }
    }
}

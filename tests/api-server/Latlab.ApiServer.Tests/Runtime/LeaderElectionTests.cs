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

        await leader.StopAsync();

        Assert.Null(leader.Runtime.Failure);
        Assert.False(leader.Leadership.IsLeading);
        await LeadsAsync(standby);
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
        var cancelled = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var replica = new Replica(async token =>
        {
            started.TrySetResult();
            await using var registration = token.Register(() => cancelled.TrySetResult());
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        });
        await using var leader = await StartAsync(ns, replica);
        await LeadsAsync(leader);
        await leader.Client.TryCreateAsync(Widget.New(ns.Name, "w"), Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);

        await fixture.Server.Client.CoordinationV1.PatchNamespacedLeaseAsync(
            new V1Patch("""{"spec":{"holderIdentity":"somebody-else"}}""", V1Patch.PatchType.MergePatch), "lease", ns.Name);

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await Eventually.TrueAsync(() => leader.Stopping.IsCancellationRequested, "the process stops");
        Assert.IsType<NotLeadingException>(leader.Runtime.Failure);
        Assert.False(leader.Leadership.IsLeading);
        Assert.Equal("somebody-else", (await LeaseAsync(ns)).Spec.HolderIdentity);
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
        TestOperator.StartAsync(
            fixture.Server,
            services => services.AddInformer<Widget>(ns.Name).AddSingleton(replica.Reconciler).AddController<WidgetReconciler, Widget>(c => c.MaxConcurrency(2)),
            options =>
            {
                options.LeaderElection = true;
                options.LeaseName = "lease";
                options.LeaseNamespace = ns.Name;
                (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod) =
                    (TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(200));
                configure?.Invoke(options);
            });

    private static Task LeadsAsync(TestOperator op) => Eventually.TrueAsync(() => op.Leadership.IsLeading, "the replica leads");

    private Task<V1Lease> LeaseAsync(TestNamespace ns) => fixture.Server.Client.CoordinationV1.ReadNamespacedLeaseAsync("lease", ns.Name);

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
            var terms = replicas.Where(replica => replica._passes.Count > 0)
                .Select(replica => (From: replica._passes.Min(pass => pass.From), To: replica._passes.Max(pass => pass.To)))
                .OrderBy(term => term.From)
                .ToList();
            return terms.Zip(terms.Skip(1)).Count(pair => pair.Second.From < pair.First.To);
        }
    }
}

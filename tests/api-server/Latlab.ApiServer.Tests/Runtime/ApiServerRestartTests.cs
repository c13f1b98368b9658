using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Latlab.Operator.Runtime;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Takes the API server away from under everybody, so it runs alone.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ApiServerRestartTests(ApiServerFixture fixture)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Informers_resume_after_a_restart_and_miss_nothing_and_the_leader_stays_the_leader()
    {
        Assert.SkipUnless(fixture.Server.CanRestart, "the API server of a given KUBECONFIG is not ours to restart");
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var reconciler = new WidgetReconciler((_, _) => Task.FromResult(ReconciliationResult.Success()));
        await using var op = await TestOperator.StartAsync(
            fixture.Server,
            services => services.AddInformer<Widget>(ns.Name).AddSingleton(reconciler).AddController<WidgetReconciler, Widget>(),
            options =>
            {
                options.LeaderElection = true;
                options.LeaseName = "lease";
                options.LeaseNamespace = ns.Name;
                (options.LeaseDuration, options.RenewDeadline, options.RetryPeriod) =
                    (TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(500));
            });
        await Eventually.TrueAsync(() => op.Leadership.IsLeading, "the replica leads");
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "gone"), Token);
        await op.Client.TryCreateAsync(Widget.New(ns.Name, "changed"), Token);
        await Eventually.TrueAsync(() => reconciler.Passes.Count == 2, "both were reconciled");

        // Others write as soon as they can: some of it before our watch is back.
        var restart = fixture.Server.RestartAsync();
        var writer = Task.Run(WriteAsync, Token);
        await restart;
        await writer;

        await Eventually.TrueAsync(() => reconciler.PassesOf("new") >= 1, "the object made meanwhile was reconciled");
        await Eventually.TrueAsync(() => op.Cache<Widget>().Get(ns.Name, "gone") is null, "the object deleted meanwhile is out of the cache");
        await Eventually.TrueAsync(() => op.Cache<Widget>().Get(ns.Name, "changed")!.Spec.Size == 2, "the change made meanwhile is in the cache");
        Assert.True(op.Runtime.IsAlive);
        Assert.True(op.Leadership.IsLeading);

        async Task WriteAsync()
        {
            using var other = new Kubernetes(fixture.Server.Configuration());
            using var widgets = new GenericClient(other, "test.latlab.dev", "v1", "widgets", disposeClient: false);
            await Eventually.TrueAsync(() => restart.IsCompleted || op.Log.Any(line => line.Contains("was interrupted", StringComparison.Ordinal)), "the watch broke");
            await UntilDoneAsync(() => widgets.CreateNamespacedAsync(Widget.New(ns.Name, "new"), ns.Name, Token));
            await UntilDoneAsync(() => widgets.DeleteNamespacedAsync<V1Status>(ns.Name, "gone", Token));
            await UntilDoneAsync(() => widgets.PatchNamespacedAsync<Widget>(
                new V1Patch("""{"spec":{"size":2}}""", V1Patch.PatchType.MergePatch), ns.Name, "changed", Token));
        }
    }

    private static Task UntilDoneAsync(Func<Task> request) => Eventually.TrueAsync(
        async () =>
        {
            try
            {
                await request();
            }
            catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound)
            {
                // The server did it and was gone before it could say so: the object is there already, or not any more.
            }

            return true;
        },
        "the restarted server takes the request");
}

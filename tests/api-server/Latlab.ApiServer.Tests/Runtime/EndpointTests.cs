using System.Net;
using Latlab.Operator.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Testing;

namespace Latlab.ApiServer.Tests.Runtime;

public sealed class EndpointTests(ApiServerFixture fixture)
{
    [Fact]
    public async Task Probes_and_metrics_tell_the_runtime_s_state()
    {
        await using var ns = await fixture.Server.NewNamespaceAsync();
        var mayList = new TaskCompletionSource();
        var reconciler = new WidgetReconciler((_, _) => throw new InvalidOperationException("always"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddOperatorRuntime(options =>
        {
            options.ClientConfiguration = fixture.Server.Configuration();
            options.LeaderElection = false;
            options.HttpHandlers.Add(new HttpFaults(async request =>
            {
                if (request.Method == HttpMethod.Get)
                {
                    await mayList.Task;
                }

                return null;
            }));
        });
        builder.Services.AddInformer<Widget>(ns.Name).AddSingleton(reconciler).AddController<WidgetReconciler, Widget>();
        await using var app = builder.Build();
        app.MapRuntimeEndpoints();
        await app.StartAsync(TestContext.Current.CancellationToken);
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        using var http = new HttpClient { BaseAddress = new Uri(address) };

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/healthz", TestContext.Current.CancellationToken)).StatusCode);
        var notReady = await http.GetAsync("/readyz", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, notReady.StatusCode);
        Assert.Equal($"not synced: Widget in {ns.Name}", await notReady.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        mayList.SetResult();
        await Eventually.TrueAsync(
            async () => (await http.GetAsync("/readyz", TestContext.Current.CancellationToken)).IsSuccessStatusCode, "the operator is ready");
        await app.Services.GetRequiredService<IEntityClient>().TryCreateAsync(Widget.New(ns.Name, "w"), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => reconciler.PassesOf("w") >= 2, "it was retried");

        var metrics = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        foreach (var expected in new[]
        {
            "latlab_leader 1",
            "latlab_queue_depth{controller=\"WidgetReconciler\"} ",
            "latlab_queue_adds_total{controller=\"WidgetReconciler\"} ",
            "latlab_queue_retries_total{controller=\"WidgetReconciler\"} ",
            "latlab_reconcile_seconds_count{controller=\"WidgetReconciler\"} ",
            "latlab_reconcile_errors_total{controller=\"WidgetReconciler\",kind=\"exception\"} ",
            $"latlab_informer_objects{{kind=\"Widget\",namespace=\"{ns.Name}\"}} 1",
            $"latlab_informer_last_sync_timestamp_seconds{{kind=\"Widget\",namespace=\"{ns.Name}\"}} 1",
            "process_working_set_bytes ",
        })
        {
            Assert.Contains(expected, metrics, StringComparison.Ordinal);
        }
    }
}

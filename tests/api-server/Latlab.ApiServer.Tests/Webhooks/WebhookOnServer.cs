using System.Net;
using System.Net.Sockets;
using k8s;
using k8s.Models;
using Latlab.Operator.Runtime;
using Latlab.Operator.Webhooks;
using Latlab.Operator.Webhooks.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Testing;

namespace Latlab.ApiServer.Tests.Webhooks;

/// <summary>
/// The webhook in this process, with the objects that the chart has for it, and a Service whose only endpoint is the way in to here.
/// </summary>
internal sealed class WebhookOnServer : IAsyncDisposable
{
    private readonly Testing.ApiServer _server;
    private readonly TestNamespace _namespace;
    private readonly WayIn _wayIn;
    private WebApplication? _app;

    private WebhookOnServer(Testing.ApiServer server, TestNamespace @namespace, WayIn wayIn)
    {
        _server = server;
        _namespace = @namespace;
        _wayIn = wayIn;
    }

    public ServingCertificate Serving => _app!.Services.GetRequiredService<ServingCertificate>();

    /// <summary>Installs what the chart has. Nobody answers yet.</summary>
    public static async Task<WebhookOnServer> InstallAsync(Testing.ApiServer server)
    {
        var ns = await server.NewNamespaceAsync();
        var wayIn = await server.LetInAsync(FreePort());
        var webhook = new WebhookOnServer(server, ns, wayIn);
        var objects = await Chart.RenderAsync("templates/webhook.yaml", ns.Name, "webhook.timeoutSeconds=30");
        var service = objects.OfType<V1Service>().Single();
        service.Spec.Selector = null;
        service.Spec.Ports[0].TargetPort = wayIn.Port;
        await server.Client.CoreV1.CreateNamespacedServiceAsync(service, ns.Name);
        await server.Client.CoreV1.CreateNamespacedEndpointsAsync(
            new V1Endpoints
            {
                Metadata = new V1ObjectMeta { Name = service.Metadata.Name },
                Subsets =
                [
                    new V1EndpointSubset
                    {
                        Addresses = [new V1EndpointAddress { Ip = wayIn.Address }],
                        Ports = [new Corev1EndpointPort { Name = service.Spec.Ports[0].Name, Port = wayIn.Port, Protocol = "TCP" }],
                    },
                ],
            },
            ns.Name);
        await server.Client.AdmissionregistrationV1.CreateValidatingWebhookConfigurationAsync(objects.OfType<V1ValidatingWebhookConfiguration>().Single());
        return webhook;
    }

    /// <summary>Starts the webhook as a replica of the operator does; returns when it calls itself ready.</summary>
    public async Task StartAsync(TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var settings = new WebhookSettings(_wayIn.Port, _namespace.Name);
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var probes = FreePort();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, probes);
            kestrel.ListenForWebhook(settings);
        });
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddOperatorRuntime(options =>
        {
            options.ClientConfiguration = _server.Configuration();
            // Another replica leads.
            options.LeaseName = "nobody";
            options.LeaseNamespace = "none";
        });
        builder.Services.AddWebhook(settings);
        _app = builder.Build();
        _app.MapWebhook();
        _app.MapRuntimeEndpoints();
        await _app.StartAsync();
        using var http = new HttpClient();
        await Eventually.TrueAsync(async () => (await http.GetAsync($"http://127.0.0.1:{probes}/readyz")).IsSuccessStatusCode, "the webhook is ready");
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_app is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _app.StopAsync(now.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            await _app.DisposeAsync();
            _app = null;
        }
    }

    /// <summary>What the API server trusts.</summary>
    public async Task<byte[]?> BundleAsync() =>
        (await _server.Client.AdmissionregistrationV1.ReadValidatingWebhookConfigurationAsync(WebhookNames.Object)).Webhooks[0].ClientConfig.CaBundle;

    public async Task<V1Secret> SecretAsync() => await _server.Client.CoreV1.ReadNamespacedSecretAsync(WebhookNames.Object, _namespace.Name);

    /// <summary>As an administrator would, or another program.</summary>
    public Task TellAsync(byte[]? bundle) => _server.Client.AdmissionregistrationV1.PatchValidatingWebhookConfigurationAsync(
        new V1Patch(
            $$"""[{"op":"add","path":"/webhooks/0/clientConfig/caBundle","value":"{{Convert.ToBase64String(bundle ?? [])}}"}]""", V1Patch.PatchType.JsonPatch),
        WebhookNames.Object);

    public async ValueTask DisposeAsync()
    {
        // First of all: what it would refuse, the other tests need.
        await _server.Client.AdmissionregistrationV1.DeleteValidatingWebhookConfigurationAsync(WebhookNames.Object);
        await KillAsync();
        await _wayIn.DisposeAsync();
        await _namespace.DisposeAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

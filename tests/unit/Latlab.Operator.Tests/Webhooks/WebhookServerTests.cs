using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Latlab.Operator.Webhooks;
using Latlab.Operator.Webhooks.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Testing;

namespace Latlab.Operator.Tests.Webhooks;

/// <summary>
/// The webhook over TLS, as the API server calls it: by the Service's name, trusting the bundle that it was told and nothing else.
/// </summary>
public sealed class WebhookServerTests : IAsyncLifetime
{
    private const string Path = "/validate-latlab-dev-v1alpha1-tunednode";
    private const string Host = "latlab-webhook.latlab-system.svc";
    private const string Review = """
        {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","name":"t",
        "kind":{"group":"latlab.dev","version":"v1alpha1","kind":"TunedNode"},"object":{"metadata":{"name":"t"},"spec":{}}}}
        """;

    private readonly FakeWebhookObjects _objects = new();
    private readonly WebhookSettings _settings = new(FreePort(), "latlab-system");
    private WebApplication _app = null!;
    private int _otherPort;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        _otherPort = FreePort();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, _otherPort);
            kestrel.ListenForWebhook(_settings);
        });
        builder.Services.AddSingleton<IWebhookObjects>(_objects).AddSingleton(TimeProvider.System).AddWebhook(_settings);
        _app = builder.Build();
        _app.MapWebhook();
        _app.MapGet("/metrics", () => "metrics");
        await _app.StartAsync();
        await Eventually.TrueAsync(() => _app.Services.GetRequiredService<ServingCertificate>().NotReady is null, "the certificates are made and told");
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task An_API_server_that_trusts_the_bundle_gets_an_answer(string version)
    {
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = Json(Review),
            Version = Version.Parse(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var response = await http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Token))!;
        Assert.Equal(("admission.k8s.io/v1", "AdmissionReview"), ((string?)answer["apiVersion"], (string?)answer["kind"]));
        Assert.Equal("u", (string?)answer["response"]!["uid"]);
        Assert.False((bool)answer["response"]!["allowed"]!);
        Assert.Contains("spec.nodeSelector", (string?)answer["response"]!["status"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_trusts_another_authority_or_calls_it_by_another_name_does_not_connect()
    {
        using var byOtherName = Client("latlab-webhook.elsewhere.svc");
        await Assert.ThrowsAsync<HttpRequestException>(() => byOtherName.PostAsync(Path, Json(Review), Token));

        var stranger = CertificateIssuer.Issue(
            CertificateSet.Empty, CertificatePlanner.Plan(CertificateSet.Empty, null, Host, TimeProvider.System.GetUtcNow()), Host, TimeProvider.System.GetUtcNow());
        using var byOtherTrust = Client(bundle: stranger.Bundle);
        await Assert.ThrowsAsync<HttpRequestException>(() => byOtherTrust.PostAsync(Path, Json(Review), Token));
    }

    [Fact]
    public async Task A_new_certificate_is_for_new_connections_and_open_ones_go_on()
    {
        using var before = Client();
        Assert.Equal(HttpStatusCode.OK, (await before.PostAsync(Path, Json(Review), Token)).StatusCode);
        var old = _app.Services.GetRequiredService<ServingCertificate>().Current;

        _objects.Secret = null;
        await Eventually.TrueAsync(() => _app.Services.GetRequiredService<ServingCertificate>().Current != old, "new certificates are served");
        await Eventually.TrueAsync(
            async () =>
            {
                using var after = Client();
                return (await after.PostAsync(Path, Json(Review), Token)).StatusCode == HttpStatusCode.OK;
            },
            "the new bundle is told and good");

        Assert.Equal(HttpStatusCode.OK, (await before.PostAsync(Path, Json(Review), Token)).StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","request":{"uid":"u"}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview"}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{}}""")]
    [InlineData("""{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":{}}}""")]
    public async Task What_is_no_AdmissionReview_is_a_400_that_says_what_it_is(string body)
    {
        using var http = Client();
        using var response = await http.PostAsync(Path, Json(body), Token);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("AdmissionReview", await response.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_without_end_is_cut_off()
    {
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = Json(new string(' ', AdmissionEndpoint.MostBytes + 1)),
            Headers = { ExpectContinue = true },
        };
        using var response = await http.SendAsync(request, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task Each_port_has_its_own_paths()
    {
        using var http = Client();
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/metrics", Token)).StatusCode);
        using var plain = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_otherPort}") };
        Assert.Equal(HttpStatusCode.OK, (await plain.GetAsync("/metrics", Token)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await plain.PostAsync(Path, Json(Review), Token)).StatusCode);
    }

    private HttpClient Client(string host = Host, byte[]? bundle = null)
    {
        var trusted = new X509Certificate2Collection();
        trusted.ImportFromPem(Encoding.ASCII.GetString(bundle ?? _objects.Bundle!));
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, _settings.Port, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            },
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{host}") };
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

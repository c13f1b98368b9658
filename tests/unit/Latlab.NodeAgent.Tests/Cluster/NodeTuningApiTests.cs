using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s;
using Latlab.NodeAgent.Cluster;

namespace Latlab.NodeAgent.Tests.Cluster;

/// <summary>Against a real TLS server that answers one connection.</summary>
public sealed class NodeTuningApiTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _limit = new(TimeSpan.FromSeconds(30));

    public NodeTuningApiTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task Http_2_is_offered_whose_pings_find_a_dead_connection()
    {
        var server = ServeAsync([SslApplicationProtocol.Http2, SslApplicationProtocol.Http11], body: null);
        using var api = Api();
        // The server hangs up after the handshake, so that the request fails; what was agreed on is known by then.
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => api.ListAsync(_limit.Token));
        Assert.Equal(SslApplicationProtocol.Http2, (await server).Protocol);
    }

    [Fact]
    public async Task A_server_that_knows_only_http_1_is_watched_for_a_short_while_at_a_time()
    {
        var server = ServeAsync(
            [SslApplicationProtocol.Http11], """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"}}}""");
        using var api = Api();
        var events = new List<WatchEvent>();
        await foreach (var change in api.WatchAsync("5", _limit.Token))
        {
            events.Add(change);
        }

        Assert.Equal("7", Assert.Single(events).Object.Metadata.ResourceVersion);
        Assert.Contains("&timeoutSeconds=240&resourceVersion=5 HTTP/1.1", (await server).Request, StringComparison.Ordinal);
    }

    private NodeTuningApi Api() => new(
        new KubernetesClientConfiguration { Host = $"https://{_listener.LocalEndpoint}", SkipTlsVerify = true }, "n1");

    private async Task<(SslApplicationProtocol Protocol, string Request)> ServeAsync(List<SslApplicationProtocol> protocols, string? body)
    {
        using var key = ECDsa.Create();
        using var certificate = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var client = await _listener.AcceptTcpClientAsync(_limit.Token);
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = protocols }, _limit.Token);
        if (body is null)
        {
            return (stream.NegotiatedApplicationProtocol, "");
        }

        using var reader = new StreamReader(stream, leaveOpen: true);
        var request = await reader.ReadLineAsync(_limit.Token);
        while (await reader.ReadLineAsync(_limit.Token) is not (null or ""))
        {
        }

        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), _limit.Token);
        return (stream.NegotiatedApplicationProtocol, request ?? "");
    }
}

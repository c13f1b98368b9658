using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using k8s;
using k8s.Models;

namespace Latlab.Operator.Runtime;

/// <summary>Sends requests to the API server over KubernetesClient's HTTP client and credentials.</summary>
internal sealed class ApiConnection(Kubernetes client, string? tlsServerName, TimeSpan requestTimeout) : IDisposable
{
    /// <summary>KubernetesClient itself, for what <see cref="IEntityClient"/> has not, e.g. a pod's log.</summary>
    public IKubernetes Client => client;

    public static ApiConnection Open(OperatorRuntimeOptions options)
    {
        var configuration = options.ClientConfiguration
            ?? (KubernetesClientConfiguration.IsInCluster()
                ? KubernetesClientConfiguration.InClusterConfig()
                : KubernetesClientConfiguration.BuildDefaultConfig());
        // All watches share a connection. A dead one is noticed by its pings, long before TCP gives up.
        configuration.FirstMessageHandlerSetup ??= static handler =>
        {
            handler.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
            handler.KeepAlivePingTimeout = TimeSpan.FromSeconds(15);
            handler.ConnectTimeout = TimeSpan.FromSeconds(10);
        };
        return new(new Kubernetes(configuration, [.. options.HttpHandlers]), configuration.TlsServerName, options.RequestTimeout);
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public async Task<byte[]> SendAsync(HttpMethod method, string pathAndQuery, ApiBody? body, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(requestTimeout);
        try
        {
            using var response = await OpenAsync(method, pathAndQuery, body, timeout.Token);
            return await response.Content.ReadAsByteArrayAsync(timeout.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{method} {pathAndQuery}: no answer from {client.BaseUri} within {requestTimeout.TotalSeconds:0.#} s", exception);
        }
    }

    /// <summary>Sends a request and returns once the answer's headers are there; the caller disposes of it.</summary>
    /// <exception cref="ApiException">The server refused.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpMethod method, string pathAndQuery, ApiBody? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(client.BaseUri, pathAndQuery)) { Version = HttpVersion.Version20 };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (!string.IsNullOrEmpty(tlsServerName))
        {
            request.Headers.Host = tlsServerName;
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body.Json) { Headers = { ContentType = new MediaTypeHeaderValue(body.MediaType) } };
        }

        if (client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        var response = await client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            throw Refusal(response.StatusCode, $"{method} {pathAndQuery}", answer);
        }
    }

    public void Dispose() => client.Dispose();

    private static ApiException Refusal(HttpStatusCode statusCode, string request, byte[] answer)
    {
        try
        {
            var status = ApiJson.Deserialize<V1Status>(answer);
            return new(statusCode, status.Reason ?? statusCode.ToString(), request, status.Message ?? "no message");
        }
        catch (JsonException)
        {
            // A proxy, or the server before it is up, answers in plain text.
            return new(statusCode, statusCode.ToString(), request, Encoding.UTF8.GetString(answer));
        }
    }
}

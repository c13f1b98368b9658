using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using k8s;
using Latlab.Crds;
using Latlab.Crds.NodeTunings;

namespace Latlab.NodeAgent.Cluster;

/// <summary>
/// The three requests of an agent: list and watch its own NodeTuning, update that one's status. (The AOT client has no generic one for
/// custom kinds;
/// configuration, TLS and tokens are the client's.)
/// </summary>
internal sealed class NodeTuningApi(KubernetesClientConfiguration configuration, string node) : INodeTuningApi, IDisposable
{
    private const string FieldManager = "latlab-agent";
    private const int WatchSeconds = 240;
    // Short, as a pass waits for it: drift is looked for at each interval, whether the server answers or not.
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(10);
    // A watch that outlives the server's own end of it hangs on a dead connection.
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(WatchSeconds + 15);

    private readonly Kubernetes _client = new(configuration);
    private readonly string _collection = $"apis/{ApiGroup.Name}/{ApiGroup.Version}/{NodeTuningResource.Definition.Plural}";

    private string Selector => $"fieldSelector={Uri.EscapeDataString("metadata.name=" + node)}";

    public async Task<NodeTuningList> ListAsync(CancellationToken cancellationToken)
    {
        using var limit = Limited(RequestLimit, cancellationToken);
        using var response = await SendAsync(HttpMethod.Get, $"{_collection}?{Selector}", null, limit.Token);
        var body = await response.Content.ReadAsStringAsync(limit.Token);
        return JsonSerializer.Deserialize(body, ClusterJson.Default.NodeTuningList)!;
    }

    public async IAsyncEnumerable<WatchEvent> WatchAsync(
        string? resourceVersion, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var limit = Limited(WatchLimit, cancellationToken);
        var path = $"{_collection}?{Selector}&watch=true&allowWatchBookmarks=true&timeoutSeconds={WatchSeconds}"
            + $"&resourceVersion={resourceVersion}";
        using var response = await SendAsync(HttpMethod.Get, path, null, limit.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        while (await lines.ReadLineAsync(limit.Token) is { } line)
        {
            yield return WatchEvent.Parse(line);
        }
    }

    public async Task<NodeTuning> UpdateStatusAsync(NodeTuning current, NodeTuningStatus status, CancellationToken cancellationToken)
    {
        // With the version, the status cannot land on another object that got the same name since. (Server-side apply would need no
        // version, but servers as old as our minimum turn an applied list that became empty into null, and refuse that.)
        var update = new NodeTuningStatusUpdate(
            $"{ApiGroup.Name}/{ApiGroup.Version}",
            NodeTuningResource.Definition.Kind,
            new() { Name = node, Uid = current.Metadata.Uid, ResourceVersion = current.Metadata.ResourceVersion },
            status);
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(update, ClusterJson.Default.NodeTuningStatusUpdate));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var limit = Limited(RequestLimit, cancellationToken);
        var path = $"{_collection}/{node}/status?fieldManager={FieldManager}";
        using var response = await SendAsync(HttpMethod.Put, path, content, limit.Token);
        return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(limit.Token), ClusterJson.Default.NodeTuning)!;
    }

    public void Dispose() => _client.Dispose();

    private static CancellationTokenSource Limited(TimeSpan limit, CancellationToken cancellationToken)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        source.CancelAfter(limit);
        return source;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        // Over HTTP/2 the client's pings find a dead connection, also below a silent watch; over HTTP/1.1, for a proxy that knows no other,
        // the watch's limit does.
        using var request = new HttpRequestMessage(method, new Uri(_client.BaseUri, path))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (_client.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, cancellationToken);
        }

        var response = await _client.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new ClusterException(response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {Message(body)}");
        }
    }

    // The API server answers with a Status object; a proxy between may not.
    private static string Message(string body)
    {
        try
        {
            var status = JsonSerializer.Deserialize(body, ClusterJson.Default.JsonElement);
            return status.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return body[..Math.Min(body.Length, 200)];
        }
    }
}

/// <summary>What the agent asks the API server; narrow, so that a test can answer.</summary>
internal interface INodeTuningApi
{
    /// <summary>The node's own NodeTuning, or an empty list, with the version to watch from.</summary>
    /// <exception cref="ClusterException">The server refused.</exception>
    public Task<NodeTuningList> ListAsync(CancellationToken cancellationToken);

    /// <summary>What changes after a version; ends when the server ends it.</summary>
    /// <exception cref="ClusterException">The server refused; 410 when the version is too old.</exception>
    public IAsyncEnumerable<WatchEvent> WatchAsync(string? resourceVersion, CancellationToken cancellationToken);

    /// <summary>Writes the status and returns the object as it then is.</summary>
    /// <exception cref="ClusterException">The server refused; 409 when the object changed since it was seen.</exception>
    public Task<NodeTuning> UpdateStatusAsync(NodeTuning current, NodeTuningStatus status, CancellationToken cancellationToken);
}

/// <summary>The API server refused a request.</summary>
internal sealed class ClusterException(HttpStatusCode code, string message) : Exception(message)
{
    public HttpStatusCode Code { get; } = code;
}

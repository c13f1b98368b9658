using System.Collections.Concurrent;
using System.Net;
using System.Web;
using k8s;

namespace Latlab.Operator.Tests.Runtime;

/// <summary>Answers requests in an API server's place.</summary>
/// <param name="answer">Gets each request; throws for a broken connection.</param>
internal sealed class ScriptedServer(Func<HttpRequestMessage, HttpResponseMessage> answer) : DelegatingHandler
{
    private readonly ConcurrentQueue<HttpRequestMessage> _requests = new();

    public IReadOnlyList<HttpRequestMessage> Requests => [.. _requests];

    public IReadOnlyList<HttpRequestMessage> Watches => [.. _requests.Where(IsWatch)];

    public static KubernetesClientConfiguration Configuration => new() { Host = "http://api.test" };

    public static bool IsWatch(HttpRequestMessage request) => Parameter(request, "watch") == "true";

    public static string? Parameter(HttpRequestMessage request, string name) => HttpUtility.ParseQueryString(request.RequestUri!.Query)[name];

    public static HttpResponseMessage Json(string json, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(json) };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _requests.Enqueue(request);
        try
        {
            var response = answer(request);
            response.RequestMessage = request;
            return Task.FromResult(response);
        }
        catch (HttpRequestException exception)
        {
            return Task.FromException<HttpResponseMessage>(exception);
        }
    }
}

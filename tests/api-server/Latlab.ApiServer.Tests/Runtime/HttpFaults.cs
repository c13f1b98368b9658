namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>Meddles with requests to the API server on their way.</summary>
/// <param name="meddle">Gets each request; may change it, wait, or answer in the server's place.</param>
internal sealed class HttpFaults(Func<HttpRequestMessage, Task<HttpResponseMessage?>> meddle) : DelegatingHandler
{
    public static bool IsWatch(HttpRequestMessage request) => request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        await meddle(request) ?? await base.SendAsync(request, cancellationToken);
}

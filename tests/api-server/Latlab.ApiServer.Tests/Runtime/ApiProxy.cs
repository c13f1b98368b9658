using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Latlab.ApiServer.Tests.Runtime;

/// <summary>
/// Stands between a program and the API server, for tests that must hold or refuse one of its requests. Speaks HTTP, and puts the right
/// credentials in the place of any.
/// </summary>
internal sealed class ApiProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Kubernetes _server;
    private readonly string _kubeconfig = Path.GetTempFileName();

    private ApiProxy(WebApplication app, Kubernetes server)
    {
        _app = app;
        _server = server;
    }

    /// <summary>Path of a kubeconfig that leads here.</summary>
    public string Kubeconfig => _kubeconfig;

    /// <param name="server">Where requests go.</param>
    /// <param name="meddle">Sees each request; may wait, and may answer it in the server's place with a status.</param>
    public static async Task<ApiProxy> StartAsync(Testing.ApiServer server, Func<HttpRequest, Task<int?>> meddle)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = new ApiProxy(builder.Build(), new Kubernetes(server.Configuration()));
        proxy._app.Run(async context =>
        {
            if (await meddle(context.Request) is { } status)
            {
                context.Response.StatusCode = status;
                return;
            }

            await proxy.ForwardAsync(context);
        });
        await proxy._app.StartAsync();
        await File.WriteAllTextAsync(proxy._kubeconfig, $$"""
            {
              "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
              "clusters": [{ "name": "proxy", "cluster": { "server": "{{proxy._app.Urls.First()}}" } }],
              "users": [{ "name": "proxy", "user": { "token": "unused" } }],
              "contexts": [{ "name": "proxy", "context": { "cluster": "proxy", "user": "proxy" } }]
            }
            """);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
        File.Delete(_kubeconfig);
    }

    private async Task ForwardAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method), new Uri(_server.BaseUri, context.Request.Path.ToString().TrimStart('/') + context.Request.QueryString));
        request.Headers.TryAddWithoutValidation("Accept", (string?)context.Request.Headers.Accept);
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (_server.Credentials is { } credentials)
        {
            await credentials.ProcessHttpRequestAsync(request, context.RequestAborted);
        }

        using var response = await _server.HttpClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        // A watch is open as soon as its headers are there.
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
